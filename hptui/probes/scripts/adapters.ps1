# title: Network adapters
# about: Network adapters, also hidden ones, with their state, speed and traffic since they came up.
# group: Network
# source: https://learn.microsoft.com/en-us/powershell/module/netadapter/get-netadapter
# source: https://learn.microsoft.com/en-us/powershell/module/netadapter/get-netadapterstatistics
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
$s=@{}
try{Get-NetAdapterStatistics -Name * -IncludeHidden|%{$s[$_.Name]=$_}}catch{N "No statistics: $_"}
Get-NetAdapter -IncludeHidden|?{[string]$_.Status -ne 'Not Present'}|%{
$t=$s[$_.Name]
@{index=$_.ifIndex;name=$_.Name;status=[string]$_.Status;mac=$_.MacAddress;speed=$_.Speed;mtu=$_.MtuSize;hidden=$_.Hidden;description=$_.InterfaceDescription
received=$t.ReceivedBytes;sent=$t.SentBytes;dropped=$(if($t){$t.ReceivedDiscardedPackets+$t.OutboundDiscardedPackets+$t.ReceivedPacketErrors+$t.OutboundPacketErrors})}
}|O
