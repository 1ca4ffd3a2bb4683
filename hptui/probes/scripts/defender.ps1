# title: Defender
# about: Whether Microsoft Defender runs, what it watches and how old its signatures are.
# group: Machine
# source: https://learn.microsoft.com/en-us/powershell/module/defender/get-mpcomputerstatus
# source: https://learn.microsoft.com/en-us/previous-versions/windows/desktop/defender/msft-mpcomputerstatus
# key: name
# column: name text Machine
# column: mode text Running mode
# column: service flag Service
# column: antivirus flag Antivirus
# column: realtime flag Real-time protection
# column: behaviour flag Behaviour monitoring
# column: tamper flag Tamper protection
# column: product text Platform
# column: engine text Engine
# column: signatures text Signatures
# column: updated time Signatures from
# column: age number Their age in days
# column: quick time Last quick scan
# column: full time Last full scan
# Signatures that were never updated are 65535 days old.
if(-not (Get-Command Get-MpComputerStatus -ea 0)){throw 'not here: this node has no Defender module; the feature Windows-Defender is not installed'}
try{$s=Get-MpComputerStatus}catch{throw "not here: Defender does not answer: $_"}
@{name=$env:COMPUTERNAME;mode=[string]$s.AMRunningMode;service=$s.AMServiceEnabled;antivirus=$s.AntivirusEnabled;realtime=$s.RealTimeProtectionEnabled
behaviour=$s.BehaviorMonitorEnabled;tamper=$s.IsTamperProtected;product=$s.AMProductVersion;engine=$s.AMEngineVersion;signatures=$s.AntivirusSignatureVersion
updated=T $s.AntivirusSignatureLastUpdated;age=$(if($s.AntivirusSignatureAge -lt 65535){$s.AntivirusSignatureAge});quick=T $s.QuickScanEndTime;full=T $s.FullScanEndTime}|O
