# title: Shims
# about: The runtime's shims, one for each pod, with the pod that each belongs to. One without a pod is left over.
# group: Containers
# uses: crictl
# source: https://github.com/microsoft/hcsshim/blob/main/cmd/containerd-shim-runhcs-v1/start.go
# source: https://learn.microsoft.com/en-us/windows/win32/cimwin32prov/win32-process
# key: pid
# sort: pod
# column: pid number Process
# column: pod text Pod
# column: namespace text Namespace
# column: state text Pod's state
# column: started time Started
# column: cpu seconds CPU
# column: memory bytes Working set
# column: handles number Handles
# column: id text Id
$p=@(Get-CimInstance Win32_Process -Filter "Name='containerd-shim-runhcs-v1.exe'")
if(-not $p){throw 'not here: no containerd-shim-runhcs-v1.exe runs on this node'}
$s=@{}
try{(Crictl 'pods').items|?{$_}|%{$s[$_.id]=$_}}catch{N "Which pod each belongs to is not known: $("$_" -replace '^not here: ')"}
if(@($p|?{-not $_.CommandLine})){N 'Command lines, and with them the ids, are shown to administrators only.'}
$p|%{
$i=$null
if($_.CommandLine -match '-id\s+"?([0-9a-f]{12,64})'){$i=$Matches[1]}
$o=$(if($i){$s[$i]})
@{pid=$_.ProcessId;id=$i;pod=$o.metadata.name;namespace=$o.metadata.namespace;state=$(if($o){($o.state -replace '^SANDBOX_','').ToLower()});started=T $_.CreationDate;cpu=($_.KernelModeTime+$_.UserModeTime)/1e7;memory=$_.WorkingSetSize;handles=$_.HandleCount}
}|O
