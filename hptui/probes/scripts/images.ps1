# title: Images
# about: The images that the runtime holds, with their size.
# group: Containers
# uses: crictl
# source: https://kubernetes.io/docs/tasks/debug/debug-cluster/crictl/
# source: https://github.com/kubernetes-sigs/cri-tools/blob/master/docs/crictl.md
# source: https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/cri-api/pkg/apis/runtime/v1/api.proto
# unsure: where AKS and EKS put crictl.exe; the places of RKE2, GKE and kubeadm are known
# key: id
# sort: -size
# column: image text Image
# column: size bytes Size
# column: pinned flag Pinned
# column: tags list Tags
# column: digests list Digests
# column: id text Id
(Crictl 'images').images|?{$_}|%{@{
image=$(if($_.repoTags){$_.repoTags[0]}else{"$($_.repoDigests)".Split('@')[0]});size=[long]$_.size;pinned=[bool]$_.pinned;tags=@($_.repoTags|?{$_});digests=@($_.repoDigests|?{$_});id=$_.id
}}|O
