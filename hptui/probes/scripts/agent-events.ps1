# title: Events of the node's agents
# about: What kubelet, kube-proxy, containerd and their like wrote into the event log.
# group: Node agents
# source: https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.diagnostics/get-winevent?view=powershell-5.1
# source: https://kubernetes.io/docs/concepts/cluster-administration/system-logs/
# source: https://github.com/awslabs/amazon-eks-ami/tree/main/log-collector-script/windows
# unsure: under which provider names EKS, GKE and OpenShift write
# limit: 120
# parameter: hours number 48 Hours back
# parameter: most number 200 At most so many of each
# key: record
# sort: -time
# column: time time Time
# column: level text Level
# column: provider text Agent
# column: id number Event
# column: message text Message
# column: record number Record
# An event whose message can't be made is an error that must not end the rest (PowerShell's issue 7664).
# Providers that this node doesn't have are no failure: they are asked for by name, one after another.
$l='information','critical','error','warning','information','verbose'
$n=@('kubelet','kube-proxy','kubeproxy','containerd','csi-proxy','csiproxy','docker','rke2','rancher-wins','k3s','flanneld','calico-node','calico-felix','azure-vnet','hybrid-overlay','windows-instance-config-daemon','EKS*')
$k=@(Get-WinEvent -ListProvider $n -ea 0|%{$_.Name}|sort -Unique)
if(-not $k){throw 'not here: none of the known agents writes to the event log on this node'}
foreach($p in $k){try{
Get-WinEvent -FilterHashtable @{ProviderName=$p;StartTime=(Get-Date).AddHours(-$hours)} -MaxEvents $most -ea SilentlyContinue -ev x|%{
$m="$($_.Message)"
if(-not $m){$m=@($_.Properties|%{"$($_.Value)"}) -join '; '}
@{time=T $_.TimeCreated;level=$l[[int]$_.Level];provider=$p;id=$_.Id;message=$m;record=$_.RecordId}}|O
$x|?{$_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*'}|select -First 1|%{N "${p}: $_"}
}catch{if($_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*'){N "${p}: $_"}}}
