# title: Leftovers of HostProcess containers
# about: What HostProcess containers leave behind when they end badly: accounts, profiles, directories, traces that still run.
# group: Machine
# source: https://github.com/microsoft/hcsshim/blob/main/internal/jobcontainers/logon.go
# source: https://github.com/microsoft/hcsshim/blob/main/internal/jobcontainers/storage.go
# source: https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.management/get-process?view=powershell-5.1
# source: https://learn.microsoft.com/en-us/previous-versions/windows/desktop/usm/win32-userprofile
# source: https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/logman-query
# source: https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/pktmon-start
# source: https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/netsh-trace
# unsure: the names of trace sessions that netsh and pktmon make, and where both write when nobody says where
# unsure: whether C:\hpc is the host's own here: with file binding the container's root lies over it
# key: kind name
# column: kind text Kind
# column: name text Name
# column: used flag In use
# column: created time Created
# column: size bytes Size
# column: detail text What it is
# The runtime calls an account by the first 20 of the 64 hexadecimal digits of its container's id, and a directory, where files
# can't be bound, by all of them. A shim's command line has the pod's id, not those of its containers: that none is found says nothing.
$u=$s=$null
try{$u=@(Get-Process -IncludeUserName|%{"$($_.UserName)".Split('\')[-1]})}catch{N "Whether an account is in use is not known: $_"}
try{$s="$(Get-CimInstance Win32_Process|%{$_.CommandLine})"}catch{}
$a=@(Get-CimInstance Win32_UserAccount -Filter 'LocalAccount=True'|?{$_.Name -match '^[0-9a-f]{20}$'})
$a|%{@{kind='account';name=$_.Name;used=$(if($u){$u -contains $_.Name});detail="$($_.SID)"}}|O
try{Get-CimInstance Win32_UserProfile|?{$_.LocalPath -match '\\[0-9a-f]{20}(\.|$)'}|%{@{kind='profile';name=$_.LocalPath;used=$_.Loaded;created=T (Get-Item -LiteralPath $_.LocalPath -Force -ea 0).CreationTime;detail=$_.SID}}|O}catch{N "Profiles: $_"}
Get-ChildItem 'C:\hpc','C:\C' -Directory -Force -ea 0|?{$_.Name -match '^[0-9a-f]{64}$'}|%{$n=$_.Name;@{kind='directory';name=$_.FullName;used=$(if($s -match $n){$true});created=T $_.CreationTime;detail="A container's files"}}|O
$l=@(&{$ErrorActionPreference='Continue';C:\Windows\System32\logman.exe query -ets 2>&1}|%{"$_"})
if($LASTEXITCODE){N "Traces: $l"}
$l|?{$_ -match '^(.*?(NetTrace|PktMon|PacketCapture|NdisCap|NetCap|WfpDiag)\S*)\s'}|%{@{kind='trace';name=$Matches[1];used=$true;detail='A capture of packets or events that nobody may remember'}}|O
$n='AppData\Local\Temp\NetTraces\*.etl'
Get-Item 'C:\Windows\System32\PktMon*.etl','C:\PktMon*.etl',"C:\Users\*\$n","C:\Windows\ServiceProfiles\*\$n","C:\Windows\System32\config\systemprofile\$n" -Force -ea 0|%{@{kind='capture';name=$_.FullName;created=T $_.CreationTime;size=$_.Length;detail='A file of captured packets'}}|O
