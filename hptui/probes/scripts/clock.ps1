# title: Clock and time source
# about: The node's time, where it has it from and whether it keeps it. Certificates and tokens fail on a clock that is wrong.
# group: Machine
# source: https://learn.microsoft.com/en-us/windows-server/networking/windows-time-service/windows-time-service-tools-and-settings
# source: https://learn.microsoft.com/en-us/azure/virtual-machines/windows/time-sync
# unsure: the order of w32tm's lines in other languages
# key: name
# column: name text Machine
# column: now time Its time
# column: zone text Time zone
# column: source text Source
# column: stratum number Stratum
# column: synced text Last synchronised, in Windows' words
# column: type text Type
# column: servers text Servers
# column: hypervisor flag Hypervisor's time enabled
# column: state text Time service
# column: mode text Its start mode
# w32tm speaks the machine's language, so its lines are known by their place, as on its page: 2 stratum, 7 last synchronisation, 8 source.
$k='HKLM:\SYSTEM\CurrentControlSet\Services\W32Time'
$p=Get-ItemProperty "$k\Parameters"
$s=Get-CimInstance Win32_Service -Filter "Name='W32Time'"
$r=@{name=$env:COMPUTERNAME;now=T (Get-Date);zone=(Get-TimeZone).Id;type=$p.Type;servers=$p.NtpServer;state=$s.State;mode=$s.StartMode}
try{$r.hypervisor=[bool](Get-ItemProperty "$k\TimeProviders\VMICTimeProvider").Enabled}catch{}
$l=@(&{$ErrorActionPreference='Continue';C:\Windows\System32\w32tm.exe /query /status 2>&1}|%{"$_"}|?{$_})
if($LASTEXITCODE -or $l.Count -lt 8){N "w32tm: $l"}else{
$v=@($l|%{"$(($_ -split '[:\uff1a]\s*',2)[1])"})
$r.stratum=[int]($v[1] -replace '\D.*','')
$r.synced=$v[6]
$r.source=$v[7].Trim()
}
$r|O
