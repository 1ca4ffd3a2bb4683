# title: Pods of the runtime
# about: Pod sandboxes as the runtime knows them: also those that Kubernetes has forgotten.
# group: Containers
# uses: crictl
# source: https://kubernetes.io/docs/tasks/debug/debug-cluster/crictl/
# source: https://github.com/kubernetes/cri-api/blob/master/pkg/apis/runtime/v1/api.proto
# source: https://github.com/kubernetes-sigs/cri-tools/blob/master/cmd/crictl/util.go
# unsure: where AKS and EKS put crictl.exe; the places of RKE2, GKE and kubeadm are known
# key: id
# sort: -created
# column: pod text Pod
# column: namespace text Namespace
# column: state text State
# column: attempt number Attempt
# column: created time Created
# column: handler text Runtime class
# column: uid text Pod's uid
# column: id text Id
(Crictl 'pods').items|?{$_}|%{@{
pod=$_.metadata.name;namespace=$_.metadata.namespace;attempt=$_.metadata.attempt;uid=$_.metadata.uid;state=($_.state -replace '^SANDBOX_','').ToLower()
created=T (([datetime]'1970-01-01T00:00:00Z').ToUniversalTime().AddSeconds([long]$_.createdAt/1e9));handler=$_.runtimeHandler;id=$_.id
}}|O
