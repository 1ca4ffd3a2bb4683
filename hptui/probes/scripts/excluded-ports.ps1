# title: Excluded port ranges
# about: Ranges of ports that Windows gives to nobody who asks for any port. A program that wants one of them fails with "access
# about: denied", though nobody uses it; those that an administrator set aside can still be bound by who asks for them by number.
# group: Network
# source: https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/netsh-interface
# source: https://learn.microsoft.com/en-us/windows/win32/api/iphlpapi/nf-iphlpapi-createpersistenttcpportreservation
# source: https://support.microsoft.com/en-us/help/3039044
# unsure: whether an administrator's range can be bound by number on every build
# key: protocol family from
# sort: from
# column: protocol text Protocol
# column: family text Family
# column: from number From
# column: to number To
# column: count number Ports
# column: administered flag Set by an administrator
# netsh's words are in the machine's language; the numbers, and the star behind those that are administered, are not.
'ipv4','ipv6'|%{$f=$_
'tcp','udp'|%{$p=$_
$l=@(C:\Windows\System32\netsh.exe int $f show excludedportrange protocol=$p)
if($LASTEXITCODE){N "${f}, ${p}: $l"}
$l|%{if($_ -match '^\s*(\d+)\s+(\d+)\s*(\*?)\s*$'){
@{protocol=$p.ToUpper();family=$f -replace 'ip','IP';from=[int]$Matches[1];to=[int]$Matches[2];count=[int]$Matches[2]-[int]$Matches[1]+1;administered=[bool]$Matches[3]}
}}|O
}}
