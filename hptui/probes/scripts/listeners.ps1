# title: Listeners
# about: Ports that something listens on, TCP and UDP, with the process and the services in it.
# group: Network
# source: https://learn.microsoft.com/en-us/powershell/module/nettcpip/get-nettcpconnection
# source: https://learn.microsoft.com/en-us/powershell/module/nettcpip/get-netudpendpoint
# unsure: whether what listens in the network compartments of containers is shown
# key: protocol address port pid
# sort: port
# column: protocol text Protocol
# column: address text Address
# column: port number Port
# column: pid number Process
# column: process text Name
# column: services list Services
# column: since time Since
$n=@{}
$v=@{}
Get-CimInstance Win32_Process -Property 'ProcessId','Name'|%{$n[[int]$_.ProcessId]=$_.Name}
try{Get-CimInstance Win32_Service -Filter 'ProcessId<>0' -Property 'ProcessId','Name'|%{$v[[int]$_.ProcessId]+=@($_.Name)}}catch{N "Services are not known: $_"}
function L($k){process{@{protocol=$k;address=$_.LocalAddress;port=$_.LocalPort;pid=$_.OwningProcess;process=$n[[int]$_.OwningProcess];services=@($v[[int]$_.OwningProcess]|?{$_});since=T $_.CreationTime}}}
@(
Get-NetTCPConnection -State Listen -ea 0 -ev t|L TCP
Get-NetUDPEndpoint -ea 0 -ev u|L UDP
)|O
@($t)+@($u)|?{$_}|select -First 1|%{N "Not everything could be seen: $_"}
