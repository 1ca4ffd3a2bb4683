# title: Container networks
# about: The networks of the Host Network Service.
# group: Containers
# source: https://learn.microsoft.com/en-us/windows-server/networking/technologies/hcn/hcn-top
# source: https://github.com/microsoft/SDN/tree/master/Kubernetes/windows
# unsure: what the numbers of State mean on each build
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
$w='unknown','created','degraded','disconnected','destroyed'
$e=@(try{Get-HnsEndpoint}catch{})
Get-HnsNetwork|%{$n=$_;@{
name=$n.Name;type=[string]$n.Type;id=[string]$n.ID;management=$n.ManagementIP;subnets=@($n.Subnets|%{$_.AddressPrefix}|?{$_});gateways=@($n.Subnets|%{$_.GatewayAddress}|?{$_})
state=$(if("$($n.State)" -match '^[0-4]$'){$w[[int]$n.State]}else{"$($n.State)"});endpoints=@($e|?{$_.VirtualNetwork -eq $n.ID -or $_.VirtualNetworkName -eq $n.Name}).Count
}}|O
