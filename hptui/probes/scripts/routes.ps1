# title: Routes
# about: The routing table, with each route's whole metric: the lowest wins.
# group: Network
# source: https://learn.microsoft.com/en-us/powershell/module/nettcpip/get-netroute
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
Get-NetRoute|%{@{
destination=$_.DestinationPrefix;hop=$_.NextHop;index=$_.ifIndex;alias=$_.InterfaceAlias;metric=[int]$_.RouteMetric+[int]$_.InterfaceMetric;route=[int]$_.RouteMetric
protocol=[string]$_.Protocol;family=[string]$_.AddressFamily
}}|O
