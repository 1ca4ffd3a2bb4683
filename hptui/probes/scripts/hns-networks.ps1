# title: Container networks
# about: The networks of the Host Network Service.
# group: Containers
# source: https://learn.microsoft.com/en-us/powershell/module/hostnetworkingservice/
# source: https://github.com/microsoft/hcsshim/blob/main/internal/hns/hnsnetwork.go
# unsure: what the numbers of State mean: 1 is taken for created, as with endpoints, and others are shown as they are
# unsure: how HNS words a refusal
# key: id
# sort: name
# column: name text Network
# column: type text Type
# column: state text State
# column: subnets list Subnets
# column: gateways list Gateways
# column: management text Management address
# column: endpoints number Endpoints
# column: id text Id
$e=$null
try{$e=@(Get-HnsEndpoint)}catch{N "Endpoints could not be counted: $_"}
Get-HnsNetwork|%{$n=$_;@{
name=$n.Name;type=[string]$n.Type;id=[string]$n.ID;management=$n.ManagementIP;subnets=@($n.Subnets|%{$_.AddressPrefix}|?{$_});gateways=@($n.Subnets|%{$_.GatewayAddress}|?{$_})
state=$(if("$($n.State)" -eq '1'){'created'}else{"$($n.State)"});endpoints=$(if($null -ne $e){@($e|?{$_.VirtualNetwork -eq $n.ID}).Count})
}}|O
