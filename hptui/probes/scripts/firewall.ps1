# title: Firewall
# about: The firewall's profiles as they are in force, and on which networks.
# group: Network
# source: https://learn.microsoft.com/en-us/powershell/module/netsecurity/get-netfirewallprofile
# source: https://learn.microsoft.com/en-us/powershell/module/netsecurity/set-netfirewallprofile
# source: https://learn.microsoft.com/en-us/powershell/module/netconnection/get-netconnectionprofile
# unsure: whether the active store may be read by others than administrators
# key: name
# column: name text Profile
# column: enabled flag On
# column: inbound text Inbound
# column: outbound text Outbound
# column: networks list Networks
# column: blocked flag Logs what it blocks
# column: allowed flag Logs what it allows
# column: log text Log
$c=@()
try{$c=@(Get-NetConnectionProfile)}catch{N "On which networks is not known: $_"}
Get-NetFirewallProfile -PolicyStore ActiveStore|%{
$p=$_.Name
@{name=$p;enabled=[string]$_.Enabled;inbound=[string]$_.DefaultInboundAction;outbound=[string]$_.DefaultOutboundAction;blocked=[string]$_.LogBlocked;allowed=[string]$_.LogAllowed;log=$_.LogFileName
networks=@($c|?{([string]$_.NetworkCategory -replace 'Authenticated','') -eq $p}|%{"$($_.InterfaceAlias): $($_.Name)"})}
}|O
