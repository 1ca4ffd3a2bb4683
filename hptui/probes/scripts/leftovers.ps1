# title: Leftovers of HostProcess containers
# about: What HostProcess containers leave behind when they end badly: accounts, profiles, directories, traces that still run.
# group: Machine
# source: https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/
# source: https://github.com/microsoft/hcsshim/tree/main/internal/jobcontainers
# source: https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/logman-query
# unsure: the names of trace sessions that netsh and pktmon make
# key: kind name
# column: kind text Kind
# column: name text Name
# column: used flag In use
# column: created time Created
# column: size bytes Size
# column: detail text What it is
# The runtime calls its accounts by 20 hexadecimal digits, and its directories by the container's id.
$u=$s=$null
try{$u=@(Get-Process -IncludeUserName|%{"$($_.UserName)".Split('\')[-1]})}catch{N 'Whether an account is in use is shown to administrators only.'}
try{$s="$(Get-CimInstance Win32_Process|%{$_.CommandLine})"}catch{}
$a=@(Get-CimInstance Win32_UserAccount -Filter 'LocalAccount=True'|?{$_.Name -match '^[0-9a-f]{20}$'})
$a|%{@{kind='account';name=$_.Name;used=$(if($u){$u -contains $_.Name});detail="$($_.SID)"}}|O
try{Get-CimInstance Win32_UserProfile|?{$_.LocalPath -match '\\[0-9a-f]{20}(\.|$)'}|%{@{kind='profile';name=$_.LocalPath;used=$_.Loaded;created=T $_.LastUseTime;detail=$_.SID}}|O}catch{N "Profiles: $_"}
Get-ChildItem 'C:\hpc','C:\C' -Directory -Force -ea 0|?{$_.Name -match '^[0-9a-f]{64}$'}|%{$n=$_.Name;@{kind='directory';name=$_.FullName;used=$(if($s){$s -match $n});created=T $_.CreationTime;detail="A container's files"}}|O
$l=@(&{$ErrorActionPreference='Continue';C:\Windows\System32\logman.exe query -ets 2>&1}|%{"$_"})
if($LASTEXITCODE){N "Traces: $l"}
$l|?{$_ -match '^(NetTrace\S*|PktMon\S*|NetCap\S*|WfpDiag\S*)\s'}|%{@{kind='trace';name=$Matches[1];used=$true;detail='A capture of packets or events that nobody may remember'}}|O
'C:\Windows\System32\PktMon.etl','C:\PktMon.etl','C:\Windows\Temp\NetTrace.etl'|?{Test-Path -LiteralPath $_ -ea 0}|%{$f=Get-Item -LiteralPath $_ -Force;@{kind='capture';name=$f.FullName;created=T $f.CreationTime;size=$f.Length;detail='A file of captured packets'}}|O
