# title: Container endpoints
# about: The endpoints of the Host Network Service: one for each pod with an address of its own, and one for each remote one that it knows.
# group: Containers
# source: https://learn.microsoft.com/en-us/powershell/module/hostnetworkingservice/
# source: https://github.com/microsoft/hcsshim/blob/main/internal/hns/hnsendpoint.go
# unsure: how HNS words a refusal
# key: id
# sort: name
# column: name text Endpoint
# column: address text Address
# column: mac text MAC
# column: network text Network
# column: remote flag Remote
# column: state text State
# column: containers list Containers
# column: policies list Policies
# column: id text Id
$w='uninitialized','created','attached','attached shared','detached','degraded','destroyed'
Get-HnsEndpoint|%{@{
name=$_.Name;address=$_.IPAddress;mac=$_.MacAddress;network=$_.VirtualNetworkName;remote=[bool]$_.IsRemoteEndpoint;id=[string]$_.ID
state=$(if("$($_.State)" -match '^[0-6]$'){$w[[int]$_.State]}else{"$($_.State)"});containers=@($_.SharedContainers|?{$_}|%{"$_"});policies=@($_.Policies|?{$_}|%{"$($_.Type)"})
}}|O
