# title: Dumps
# about: Memory dumps and crash reports on the node, with their size and age.
# group: Machine
# source: https://learn.microsoft.com/en-us/troubleshoot/windows-server/performance/memory-dump-file-options
# source: https://learn.microsoft.com/en-us/windows/win32/wer/collecting-user-mode-dumps
# unsure: how long LiveKernelReports takes where it is large
# key: path
# sort: -written
# limit: 120
# column: kind text Kind
# column: path text File
# column: size bytes Size
# column: written time Written
$w='C:\Windows'
$e=@{n=0}
# Depth 0 is the directory alone: with *.dmp in its path, -Recurse would look through all of Windows.
function F($k,$p,$d=4){Get-ChildItem -Path $p -Recurse -Depth $d -File -Force -ea SilentlyContinue -ev x|?{$_.Extension -match '^\.(h?dmp|mdmp|wer|kdmp)$'}|%{@{kind=$k;path=$_.FullName;size=$_.Length;written=T $_.LastWriteTime}}
$x|?{$_.CategoryInfo.Category -eq 'PermissionDenied'}|%{$e.n++;$e.first=$_.TargetObject}
}
@(
F 'kernel' $w 0
F 'kernel, small' "$w\Minidump"
F 'kernel, live' "$w\LiveKernelReports"
F 'report' 'C:\ProgramData\Microsoft\Windows\WER\ReportArchive'
F 'report, queued' 'C:\ProgramData\Microsoft\Windows\WER\ReportQueue'
F 'process' "$w\System32\config\systemprofile\AppData\Local\CrashDumps"
F 'process' "$w\ServiceProfiles\*\AppData\Local\CrashDumps"
F 'process' 'C:\Users\*\AppData\Local\CrashDumps'
F 'process' "$w\SystemTemp"
F 'process' 'C:\LocalDumps'
)|O
if($e.n){N "$($e.n) places could not be read, as $($e.first)"}
$c=Get-ItemProperty HKLM:\SYSTEM\CurrentControlSet\Control\CrashControl
N "At a crash Windows writes $(('nothing','all memory','the kernel''s memory','a small dump')[[int]$c.CrashDumpEnabled]+$(if($c.CrashDumpEnabled -eq 7){'what it chooses itself'})), to $($c.DumpFile)."
