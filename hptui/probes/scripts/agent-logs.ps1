# title: Logs of the node's agents
# about: The log files of kubelet, containerd, kube-proxy, CSI and network plugins, where AKS, EKS, RKE2, OpenShift and kubeadm keep them.
# group: Node agents
# source: https://learn.microsoft.com/en-us/azure/aks/node-access
# source: https://github.com/Azure/AgentBaker/tree/master/staging/cse/windows
# source: https://github.com/awslabs/amazon-eks-ami/tree/main/log-collector-script/windows
# source: https://kubernetes.io/docs/concepts/cluster-administration/system-logs/
# unsure: the places of distributions other than AKS
# key: path
# then: file path=path
# sort: -written
# column: place text Whose place
# column: path text File
# column: size bytes Size
# column: written time Written
# column: since seconds Written ago
$e=@{n=0}
@(
@{p='AKS';d='C:\k\*.log*','C:\Windows\System32\azure-vnet*.log','C:\AzureData\*.log','C:\var\log\azure\*'}
@{p='EKS';d='C:\ProgramData\Amazon\EKS\logs\*','C:\ProgramData\Amazon\EKS\logs\*\*.log','C:\ProgramData\kubernetes\*.log','C:\ProgramData\Amazon\EC2-Windows\Launch\Log\*','C:\ProgramData\Amazon\EC2Launch\log\*'}
@{p='RKE2';d='C:\var\lib\rancher\rke2\agent\logs\*','C:\var\lib\rancher\rke2\agent\containerd\*.log','C:\etc\rancher\wins\*.log'}
@{p='OpenShift';d='C:\var\log\hybrid-overlay\*','C:\var\log\containerd\*','C:\var\log\csi-proxy\*','C:\var\log\wicd\*','C:\var\log\windows-exporter\*'}
@{p='kubeadm';d='C:\var\log\kubelet\*','C:\var\log\kube-proxy\*','C:\etc\kubernetes\logs\*'}
@{p='GKE';d='C:\etc\kubernetes\logs\*.log','C:\Stackdriver\LoggingAgent\*.log'}
@{p='containerd';d='C:\ProgramData\containerd\root\*.log','C:\Program Files\containerd\*.log'}
@{p='Calico';d='C:\CalicoWindows\logs\*','C:\k\flannel\*.log'}
)|%{
$p=$_.p
Get-ChildItem $_.d -File -Force -ea SilentlyContinue -ev x|?{-not $e[$_.FullName]}|%{
$e[$_.FullName]=1
@{place=$p;path=$_.FullName;size=$_.Length;written=T $_.LastWriteTime;since=((Get-Date)-$_.LastWriteTime).TotalSeconds}
}
$e.n+=@($x|?{$_.CategoryInfo.Category -eq 'PermissionDenied'}).Count
}|O
if($e.n){N "$($e.n) places may not be read by this account."}
