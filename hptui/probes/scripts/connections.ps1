# title: Connections
# about: TCP connections with their state and process.
# group: Network
# source: https://learn.microsoft.com/en-us/powershell/module/nettcpip/get-nettcpconnection
# parameter: state text "" Only in this state, as Established or CloseWait
# key: local localport remote remoteport
# sort: state
# column: state text State
# column: local text Local address
# column: localport number Local port
# column: remote text Remote address
# column: remoteport number Remote port
# column: pid number Process
# column: process text Name
# column: since time Since
$n=@{}
Get-CimInstance Win32_Process -Property 'ProcessId','Name'|%{$n[[int]$_.ProcessId]=$_.Name}
Get-NetTCPConnection|?{[string]$_.State -notin 'Listen','Bound'}|?{-not $state -or [string]$_.State -eq $state}|%{@{
state=[string]$_.State;local=$_.LocalAddress;localport=$_.LocalPort;remote=$_.RemoteAddress;remoteport=$_.RemotePort;pid=$_.OwningProcess;process=$n[[int]$_.OwningProcess];since=T $_.CreationTime
}}|O
