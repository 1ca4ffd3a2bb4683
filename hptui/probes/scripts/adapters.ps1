# title: Network adapters
# about: Network adapters, also hidden ones, with their state, speed and traffic since they came up.
# group: Network
# source: https://learn.microsoft.com/en-us/powershell/module/netadapter/get-netadapter
# source: https://learn.microsoft.com/en-us/powershell/module/netadapter/get-netadapterstatistics
# source: https://learn.microsoft.com/en-us/windows/win32/fwp/wmi/netadaptercimprov/msft-netadapter
# source: https://learn.microsoft.com/en-us/previous-versions/windows/desktop/netadaptercimprov/msft-netadapterstatisticssettingdata
# unsure: the words of Status, which are the module's own (Up, Disconnected); the class's page lists others
# unsure: whether a speed that is not known is 0 or the largest number there is
# key: index name
# sort: index
# column: index number Interface
# column: name text Name
# column: status text Status
# column: mac text MAC
# column: speed number Bits per second
# column: mtu number MTU
# column: received bytes Received
# column: sent bytes Sent
# column: dropped number Dropped or wrong
# column: hidden flag Hidden
# column: description text Description
# 6 is "not present": what the node had once. The largest number there is stands for a speed that is not known.
$s=@{}
try{Get-NetAdapterStatistics -Name * -IncludeHidden|%{$s["$($_.Name)"]=$_}}catch{N "No statistics: $_"}
Get-NetAdapter -IncludeHidden|?{$_.InterfaceOperationalStatus -ne 6}|%{
$t=$s["$($_.Name)"]
@{index=$_.ifIndex;name=$_.Name;status=[string]$_.Status;mac=$_.MacAddress;speed=$(if($_.Speed -lt [uint64]::MaxValue){$_.Speed});mtu=$_.MtuSize;hidden=$_.Hidden;description=$_.InterfaceDescription
received=$t.ReceivedBytes;sent=$t.SentBytes;dropped=$(if($t){$t.ReceivedDiscardedPackets+$t.OutboundDiscardedPackets+$t.ReceivedPacketErrors+$t.OutboundPacketErrors})}
}|O
