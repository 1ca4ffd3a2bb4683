# title: The machine
# about: Windows' build and update level, since when it runs, its memory and processors.
# group: Machine
# source: https://learn.microsoft.com/en-us/windows/win32/cimwin32prov/win32-operatingsystem
# source: https://learn.microsoft.com/en-us/windows/win32/cimwin32prov/win32-computersystem
# source: https://learn.microsoft.com/en-us/windows-server/get-started/windows-server-release-info
# source: https://learn.microsoft.com/en-us/powershell/module/international/get-winsystemlocale
# unsure: UBR, DisplayVersion, ReleaseId and InstallationType in the registry, of which no page of Microsoft's was found
# key: name
# column: name text Name
# column: product text Windows
# column: build text Build
# column: release text Release
# column: installation text Installation
# column: boot time Booted
# column: up seconds Running for
# column: processors number Logical processors
# column: memory bytes Memory
# column: free bytes Free memory
# column: processes number Processes
# column: model text Model
# column: domain text Domain or workgroup
# column: zone text Time zone
# column: language text System locale
# column: installed time Installed
$s=Get-CimInstance Win32_OperatingSystem
$c=Get-CimInstance Win32_ComputerSystem
$k=Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
@{name=$s.CSName;product=$s.Caption;build="$($s.Version).$($k.UBR)";release=$(if($k.DisplayVersion){$k.DisplayVersion}else{$k.ReleaseId})
installation=$k.InstallationType;boot=T $s.LastBootUpTime;up=((Get-Date).ToUniversalTime()-$s.LastBootUpTime.ToUniversalTime()).TotalSeconds
processors=$c.NumberOfLogicalProcessors;memory=$c.TotalPhysicalMemory;free=1024*$s.FreePhysicalMemory;processes=$s.NumberOfProcesses
model="$($c.Manufacturer) $($c.Model)";domain=$c.Domain;zone=(Get-TimeZone).Id;language=$(try{(Get-WinSystemLocale).Name}catch{$s.Locale});installed=T $s.InstallDate}|O
