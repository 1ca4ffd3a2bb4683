# title: Events of the node's agents
# about: What kubelet, kube-proxy, containerd and their like wrote into the event log.
# group: Node agents
# uses: logs
# source: https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.diagnostics/get-winevent?view=powershell-5.1
# source: https://github.com/PowerShell/PowerShell/issues/17145
# source: https://kubernetes.io/docs/concepts/cluster-administration/system-logs/
# source: https://github.com/awslabs/amazon-eks-ami/blob/main/log-collector-script/windows/eks-log-collector.ps1
# unsure: under which names the agents write elsewhere than on EKS, which has kubelet and kube-proxy in a log of its own
# unsure: whether others than administrators may ask by provider, which failed on some builds (issue 17145)
# limit: 120
# parameter: hours number 48 Hours back
# parameter: most number 200 At most so many of each
# parameter: after text "" Only from this time on, as 2026-11-27T10:00:00Z, instead of the hours
# follow: after time
# key: provider record
# sort: -time
# column: time time Time
# column: level text Level
# column: provider text Agent
# column: message text Message
# column: id number Event
# column: record number Record
# An event whose message can't be made is an error that must not end the rest (PowerShell's issue 7664).
# Providers that this node doesn't have are no failure: they are asked for by name, one after another.
$b=$(if($after){[datetime]$after}else{(Get-Date).AddHours(-$hours)})
$l='information','critical','error','warning','information','verbose'
$n=@('kubelet','kube-proxy','kubeproxy','containerd','csi-proxy','csiproxy','docker','rke2','rancher-wins','k3s','flanneld','calico-node','calico-felix','azure-vnet','hybrid-overlay','windows-instance-config-daemon','EKS*')
$g=@{}
$k=@(Get-WinEvent -ListProvider $n -ea 0|%{try{$_.LogLinks|%{$g["$($_.LogName)"]=1}}catch{};$_.Name}|sort -Unique)
if(-not $k){throw 'not here: none of the known agents writes to the event log on this node'}
foreach($p in $k){try{
Get-WinEvent -FilterHashtable @{ProviderName=$p;StartTime=$b} -MaxEvents $most -ea SilentlyContinue -ev x|%{
$m="$($_.Message)"
if(-not $m){$m=@($_.Properties|%{"$($_.Value)"}) -join '; '}
@{time=T $_.TimeCreated;level=$l[[int]$_.Level];provider=$p;id=$_.Id;message=$m;record=$_.RecordId}}|O
$x|?{$_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*'}|select -First 1|%{N "${p}: $_"}
}catch{if($_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*'){N "${p}: $_"}}}
$g.Keys|?{$_}|%{U $_}
