# title: Port proxy
# about: Ports that Windows hands on to others (netsh interface portproxy).
# group: Network
# source: https://learn.microsoft.com/en-us/windows-server/networking/technologies/netsh/netsh-interface-portproxy
# source: https://github.com/SigmaHQ/sigma/blob/master/rules/windows/registry/registry_event/registry_event_portproxy_registry_key.yml
# unsure: where Windows keeps them: the place in the registry is known from rules that watch it, and that IP Helper does it from use
# key: kind listen
# column: kind text Kind
# column: listen text Listens on
# column: connect text Hands on to
# column: helper text IP Helper, which does it
# As in the registry: address/port, and * for any address.
function A($a){$a -replace '^(.*:.*)/([^/]+)$','[$1]:$2' -replace '/([^/]+)$',':$1'}
$h=(Get-CimInstance Win32_Service -Filter "Name='iphlpsvc'").State
'v4tov4','v4tov6','v6tov4','v6tov6'|%{
$k="HKLM:\SYSTEM\CurrentControlSet\Services\PortProxy\$_\tcp"
if(Test-Path $k){$f=$_;$v=Get-ItemProperty $k;(Get-Item $k).Property|%{@{kind=$f;listen=A $_;connect=A "$($v.$_)";helper=$h}}}
}|O
