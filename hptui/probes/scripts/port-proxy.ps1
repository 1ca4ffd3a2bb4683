# title: Port proxy
# about: Ports that Windows hands on to others (netsh interface portproxy).
# group: Network
# source: https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/netsh-interface
# key: kind listen
# column: kind text Kind
# column: listen text Listens on
# column: connect text Hands on to
# column: helper text IP Helper, which does it
# As in the registry: address/port, and * for any address.
$h=(Get-CimInstance Win32_Service -Filter "Name='iphlpsvc'").State
'v4tov4','v4tov6','v6tov4','v6tov6'|%{
$k="HKLM:\SYSTEM\CurrentControlSet\Services\PortProxy\$_\tcp"
if(Test-Path $k){$f=$_;$v=Get-ItemProperty $k;(Get-Item $k).Property|%{@{kind=$f;listen=$_ -replace '/(\d+)$',':$1';connect="$($v.$_)" -replace '/(\d+)$',':$1';helper=$h}}}
}|O
