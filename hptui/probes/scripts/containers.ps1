# title: Containers
# about: Containers as the runtime knows them, running or not, with the pod that each belongs to.
# group: Containers
# uses: crictl
# source: https://kubernetes.io/docs/tasks/debug/debug-cluster/crictl/
# source: https://github.com/kubernetes/cri-api/blob/master/pkg/apis/runtime/v1/api.proto
# source: https://github.com/kubernetes-sigs/cri-tools/blob/master/docs/crictl.md
# unsure: where AKS and EKS put crictl.exe; the places of RKE2, GKE and kubeadm are known
# key: id
# sort: -created
# column: name text Container
# column: state text State
# column: pod text Pod
# column: namespace text Namespace
# column: attempt number Attempt
# column: created time Created
# column: image text Image
# column: id text Id
# column: sandbox text Pod's sandbox
(Crictl 'ps','-a').containers|?{$_}|%{@{
name=$_.metadata.name;attempt=$_.metadata.attempt;state=($_.state -replace '^CONTAINER_','').ToLower();pod=$_.labels.'io.kubernetes.pod.name';namespace=$_.labels.'io.kubernetes.pod.namespace'
created=T (([datetime]'1970-01-01T00:00:00Z').ToUniversalTime().AddSeconds([long]$_.createdAt/1e9));image=$(if($_.image.userSpecifiedImage){$_.image.userSpecifiedImage}else{$_.image.image});id=$_.id;sandbox=$_.podSandboxId
}}|O
