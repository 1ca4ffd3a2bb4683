# title: Files
# about: What is in a directory, with sizes, dates and attributes; hidden entries too. Without a path, the drives.
# group: Files
# source: https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.management/get-childitem?view=powershell-5.1
# source: https://learn.microsoft.com/en-us/windows/win32/fileio/file-attribute-constants
# unsure: where Windows' own junctions lead: PowerShell's issue 7127 has nothing there, because everybody is denied to read them
# parameter: path text "C:\" Directory
# parameter: most number 5000 At most so many
# key: path
# then: files path=path if directory
# then: file path=path unless directory
# sort: name
# column: name text Name
# column: directory flag Directory
# column: size bytes Size
# column: written time Written
# column: created time Created
# column: attributes list Attributes
# column: leads text Leads to
# column: path text Path
# A pipe is never looked at here: even that would open it.
if($path -match '(^|::)\s*[\\/]{2,}([.?][\\/]|[^\\/]+[\\/](pipe|ipc\$))'){throw 'Pipes and devices are not files; the probe pipes lists pipes.'}
if(-not $path){
Get-CimInstance Win32_LogicalDisk|%{@{name=$_.DeviceID;directory=$true;size=$_.Size;attributes=@($_.FileSystem|?{$_});path="$($_.DeviceID)\"}}|O
}else{
if($path -match '^[A-Za-z]:$'){$path+='\'}
if(-not (Test-Path -LiteralPath $path)){throw "There is no $path."}
$n=0
Get-ChildItem -LiteralPath $path -Force -ea SilentlyContinue -ev e|select -First $most|%{$n++;@{
name=$_.Name;directory=$_.PSIsContainer;size=$(if(-not $_.PSIsContainer){$_.Length});written=T $_.LastWriteTime;created=T $_.CreationTime;leads=$(if([int]$_.Attributes -band 1024){try{"$($_.Target)"}catch{}});path=$_.FullName
attributes=@("$($_.Attributes)" -split ', '|?{$_ -notin 'Directory','Normal'})
}}|O
if($n -ge $most){N "Only the first $most are shown."}
if($e){if(-not $n -and $e[0].CategoryInfo.Category -eq 'PermissionDenied'){throw "not here: this account may not read $path"}
N "Not everything could be read: $($e[0])"}
}
