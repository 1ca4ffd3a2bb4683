# title: Dumps
# about: Memory dumps and crash reports on the node, with their size and age.
# group: Machine
# source: https://learn.microsoft.com/en-us/troubleshoot/windows-server/performance/memory-dump-file-options
# source: https://learn.microsoft.com/en-us/windows/win32/wer/collecting-user-mode-dumps
# source: https://github.com/Azure/AgentBaker/blob/master/staging/cse/windows/debug/collect-windows-logs.ps1
# source: https://github.com/PowerShell/PowerShell/issues/5699
# unsure: how long LiveKernelReports takes where it is large
# key: path
# sort: -written
# limit: 120
# column: kind text Kind
# column: path text File
# column: size bytes Size
# column: written time Written
# Only what is there is looked through, and literally: with -Path, -Recurse would look for a folder that isn't there by its name
# in everything beside it (PowerShell's issue 5699). Depth 0 is the directory alone. Places may be named twice.
$w='C:\Windows'
$e=@{n=0}
function F($k,$p,$d=4){Get-Item -Path $p -Force -ea SilentlyContinue -ev x|?{$_.PSIsContainer}|%{
Get-ChildItem -LiteralPath $_.FullName -Recurse -Depth $d -File -Force -ea SilentlyContinue -ev y|?{$_.Extension -match '^\.(h?dmp|mdmp|wer|kdmp)$' -and -not $e[$_.FullName]}|%{
$e[$_.FullName]=1
@{kind=$k;path=$_.FullName;size=$_.Length;written=T $_.LastWriteTime}}
C $y}
C $x
}
function C($x){$x|?{$_.CategoryInfo.Category -eq 'PermissionDenied'}|%{$e.n++;$e.first=$_.TargetObject}}
$c=Get-ItemProperty HKLM:\SYSTEM\CurrentControlSet\Control\CrashControl
$l='HKLM:\SOFTWARE\Microsoft\Windows\Windows Error Reporting\LocalDumps'
@(
F 'kernel' $w 0
F 'kernel, small' $(if($c.MinidumpDir){$c.MinidumpDir}else{"$w\Minidump"})
F 'kernel, live' "$w\LiveKernelReports"
F 'report' 'C:\ProgramData\Microsoft\Windows\WER\ReportArchive'
F 'report, queued' 'C:\ProgramData\Microsoft\Windows\WER\ReportQueue'
"$w\System32\config\systemprofile\AppData\Local\CrashDumps","$w\ServiceProfiles\*\AppData\Local\CrashDumps",'C:\Users\*\AppData\Local\CrashDumps',"$w\SystemTemp"|%{F 'process' $_}
$l,"$l\*"|%{(Get-ItemProperty -Path $_ -ea 0).DumpFolder}|?{$_}|%{F 'process' $_ 0}
)|O
if($e.n){N "$($e.n) places could not be read, as $($e.first)"}
N "At a crash Windows writes $(('nothing','all memory','the kernel''s memory','a small dump')[[int]$c.CrashDumpEnabled]+$(if($c.CrashDumpEnabled -eq 7){'what it chooses itself'})), to $($c.DumpFile)."
