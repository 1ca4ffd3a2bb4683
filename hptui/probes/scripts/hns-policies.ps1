# title: Load balancers of services
# about: The policy lists of the Host Network Service: which service's address leads to which endpoints, as kube-proxy made them.
# group: Containers
# source: https://learn.microsoft.com/en-us/powershell/module/hostnetworkingservice/
# source: https://github.com/microsoft/hcsshim/blob/main/internal/hns/hnspolicylist.go
# unsure: the form of References on each build
# unsure: how HNS words a refusal
# key: id
# sort: vips
# column: vips list Service addresses
# column: external number Port
# column: internal number Target port
# column: protocol text Protocol
# column: type text Type
# column: endpoints number Endpoints
# column: references list References
# column: id text Id
$n=@{'6'='TCP';'17'='UDP'}
Get-HnsPolicyList|%{
$l=$_
@($l.Policies)|select -First 1|%{@{
id=[string]$l.ID;references=@($l.References|?{$_}|%{"$_"});endpoints=@($l.References|?{"$_" -match '^/endpoints/|^[0-9a-fA-F-]{36}$'}).Count
type=[string]$_.Type;vips=@($_.VIPs|?{$_}|%{"$_"});external=$_.ExternalPort;internal=$_.InternalPort;protocol=$(if($n["$($_.Protocol)"]){$n["$($_.Protocol)"]}else{"$($_.Protocol)"})
}}
}|O
