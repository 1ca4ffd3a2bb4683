# title: Logs of the node's agents
# about: The log files of kubelet, containerd, kube-proxy, CSI and network plugins, where AKS, EKS, RKE2, OpenShift and kubeadm keep them.
# group: Node agents
# source: https://learn.microsoft.com/en-us/azure/aks/kubelet-logs
# source: https://github.com/Azure/AgentBaker/blob/master/staging/cse/windows/debug/collect-windows-logs.ps1
# source: https://github.com/awslabs/amazon-eks-ami/blob/main/log-collector-script/windows/eks-log-collector.ps1
# source: https://github.com/rancher/rke2-docs/blob/main/docs/reference/logging.md
# source: https://github.com/rancher/rke2/issues/5283
# source: https://github.com/openshift/windows-machine-config-operator/blob/master/pkg/windows/windows.go
# source: https://github.com/kubernetes-sigs/sig-windows-tools/blob/master/hostprocess/PrepareNode.ps1
# source: https://github.com/kubernetes/kubernetes/blob/master/cluster/gce/windows/k8s-node-setup.psm1
# source: https://kubernetes.io/docs/concepts/cluster-administration/system-logs/
# unsure: C:\var\log\azure, C:\ProgramData\kubernetes, wins, flannel and containerd's own folder, which no page names
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
@{p='OpenShift';d='C:\var\log\hybrid-overlay\*','C:\var\log\containerd\*','C:\var\log\csi-proxy\*','C:\var\log\wicd\*','C:\var\log\azure-cloud-node-manager\*'}
@{p='kubeadm';d='C:\var\log\kubelet\*','C:\var\log\kube-proxy\*'}
@{p='GKE';d='C:\etc\kubernetes\logs\*'}
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
