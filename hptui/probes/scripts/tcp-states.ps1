# title: Connections by state
# about: How many TCP connections are in which state, who has most of them, and how much of the dynamic ports is in use.
# group: Network
# source: https://learn.microsoft.com/en-us/powershell/module/nettcpip/get-nettcpconnection
# source: https://learn.microsoft.com/en-us/powershell/module/nettcpip/get-nettcpsetting
# source: https://learn.microsoft.com/en-us/troubleshoot/windows-client/networking/tcp-ip-port-exhaustion-troubleshooting
# key: state
# sort: -count
# column: state text State
# column: count number Connections
# column: most list Processes with most
$n=@{0='(none)'}
Get-CimInstance Win32_Process -Property 'ProcessId','Name'|?{$_.ProcessId}|%{$n[[int]$_.ProcessId]=$_.Name}
$c=@(Get-NetTCPConnection)
$c|group {[string]$_.State}|%{@{state=$_.Name;count=$_.Count
most=@($_.Group|group OwningProcess|sort Count -Descending|select -First 5|%{"$($n[[int]$_.Name]) ($($_.Name)): $($_.Count)"})}}|O
$d=Get-NetTCPSetting -SettingName Internet -ea 0
if($d){
$f=$d.DynamicPortRangeStartPort
$m=$d.DynamicPortRangeNumberOfPorts
$u=@($c|?{$_.LocalPort -ge $f -and $_.LocalPort -lt $f+$m}|%{$_.LocalPort}|sort -Unique).Count
N "$u of the $m dynamic ports from $f on are in use."
}
