# title: Crashes of programs and services
# about: Programs that crashed or hung and services that ended unexpectedly, newest first.
# group: Events
# uses: logs
# source: https://learn.microsoft.com/en-us/troubleshoot/windows-server/performance/troubleshoot-application-service-crashing-behavior
# source: https://learn.microsoft.com/en-us/troubleshoot/windows-server/performance/troubleshoot-application-service-memory-leaks
# source: https://learn.microsoft.com/en-us/troubleshoot/windows-server/system-management-components/service-not-start-events-7000-7011-time-out-error
# source: https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-server-2008-r2-and-2008/cc756337(v=ws.10)
# source: https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.diagnostics/get-winevent?view=powershell-5.1
# source: https://github.com/Azure/AgentBaker/blob/master/staging/cse/windows/debug/collect-windows-logs.ps1
# unsure: which of the values is the name in 1001, 1002, 7009, 7011, 7023 and 7024, and what 1026 means: no page says it
# limit: 120
# parameter: days number 7 Days back
# parameter: most number 200 At most so many of each log
# key: log record
# sort: -time
# column: time time Time
# column: what text What happened
# column: name text Program or service
# column: message text Message
# column: provider text Provider
# column: id number Event
# column: log text Log
# column: record number Record
# An event whose message can't be made, as some 7023 are, is an error that must not end the rest (PowerShell's issue 7664).
# $i: which of an event's values is the name; 1001 begins with a bucket, 7009 and 7011 with milliseconds. The name in 1001 is
# the report's first parameter, a program unless the report is about something else: then the report's name says more.
# Others write events of these numbers too, so that the count begins behind the choice of providers.
$i=@{1001=5;7009=1;7011=1}
$w=@{
'Application Error 1000'='a program crashed';'Application Hang 1002'='a program hung';'Windows Error Reporting 1001'='a report was made';'.NET Runtime 1026'='a .NET program ended by an exception'
'Microsoft-Windows-Resource-Exhaustion-Detector 2004'='Windows ran low on virtual memory'
'Service Control Manager 7031'='a service ended unexpectedly';'Service Control Manager 7034'='a service ended unexpectedly'
'Service Control Manager 7023'='a service ended with an error';'Service Control Manager 7024'='a service ended with an error of its own'
'Service Control Manager 7000'='a service could not be started';'Service Control Manager 7009'='a service did not connect in time';'Service Control Manager 7011'='a service did not answer'
}
@{Application='1000,1001,1002,1026';System='2004,7000,7009,7011,7023,7024,7031,7034'}.GetEnumerator()|%{
$g=$_.Key
try{
Get-WinEvent -FilterHashtable @{LogName=$g;Id=@($_.Value -split ',');StartTime=(Get-Date).AddDays(-$days)} -MaxEvents (5*$most) -ea SilentlyContinue -ev x|?{$w["$($_.ProviderName) $($_.Id)"]}|select -First $most|%{
$m="$($_.Message)"
$v=@($_.Properties|%{"$($_.Value)"})
if(-not $m){$m=$v -join '; '}
$n=$(if($_.Id -notin 1026,2004){$v[[int]$i[$_.Id]]})
if($_.Id -eq 1001 -and $n -notlike '*.*'){$n=$v[2]}
@{time=T $_.TimeCreated;what=$w["$($_.ProviderName) $($_.Id)"];name=$n;provider=$_.ProviderName;id=$_.Id;message=$m;log=$g;record=$_.RecordId}}|O
$x|?{$_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*'}|select -First 1|%{N "${g}: $_"}
if($x){U $g}
}catch{if($_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*'){N "${g}: $_"}}
}
