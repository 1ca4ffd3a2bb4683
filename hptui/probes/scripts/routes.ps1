# title: Routes
# about: The routing table, with each route's whole metric: the lowest wins.
# group: Network
# source: https://learn.microsoft.com/en-us/powershell/module/nettcpip/get-netroute?view=windowsserver2019-ps
# source: https://learn.microsoft.com/en-us/powershell/module/nettcpip/get-netipinterface?view=windowsserver2019-ps
# key: destination hop index
# sort: metric
# column: destination text Destination
# column: hop text Next hop
# column: index number Interface
# column: alias text Interface's name
# column: metric number Metric
# column: route number Of the route
# column: protocol text Made by
# column: family text Family
# A route of Server 2019 needn't know its interface's metric.
$m=@{}
Get-NetIPInterface|%{$m["$($_.InterfaceIndex) $($_.AddressFamily)"]=$_.InterfaceMetric}
Get-NetRoute|%{
$i=$m["$($_.InterfaceIndex) $($_.AddressFamily)"]
@{destination=$_.DestinationPrefix;hop=$_.NextHop;index=$_.InterfaceIndex;alias=$_.InterfaceAlias;metric=$(if($i -ne $null){[long]$_.RouteMetric+$i});route=$_.RouteMetric
protocol=[string]$_.Protocol;family=[string]$_.AddressFamily
}}|O
