# title: Addresses
# about: The node's IP addresses and the interfaces that have them.
# group: Network
# source: https://learn.microsoft.com/en-us/powershell/module/nettcpip/get-netipaddress
# source: https://learn.microsoft.com/en-us/powershell/module/nettcpip/get-netipinterface
# unsure: whether addresses of all compartments may be read from a HostProcess container
# key: address index
# sort: index
# column: index number Interface
# column: alias text Interface's name
# column: family text Family
# column: address text Address
# column: prefix number Prefix
# column: origin text Origin
# column: state text State
# column: compartment number Compartment
# column: valid seconds Valid for
# The longest TimeSpan stands for ever, and so do DHCP's 2^32-1 seconds, 136 years.
$c=@{}
try{Get-NetIPInterface -IncludeAllCompartments|%{$c[[int]$_.InterfaceIndex]=$_.CompartmentId}}catch{}
Get-NetIPAddress -IncludeAllCompartments|%{@{
index=$_.InterfaceIndex;alias=$_.InterfaceAlias;family=[string]$_.AddressFamily;address=$_.IPAddress;prefix=$_.PrefixLength;origin=[string]$_.PrefixOrigin;state=[string]$_.AddressState
compartment=$c[[int]$_.InterfaceIndex];valid=$(if($_.ValidLifetime -and $_.ValidLifetime.TotalDays -lt 10000){$_.ValidLifetime.TotalSeconds})
}}|O
