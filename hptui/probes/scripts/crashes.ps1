# title: Crashes of programs and services
# about: Programs that crashed or hung and services that ended unexpectedly, newest first.
# group: Events
# source: https://learn.microsoft.com/en-us/windows/win32/wer/windows-error-reporting
# source: https://github.com/Azure/AgentBaker/blob/master/staging/cse/windows/debug/collect-windows-logs.ps1
# limit: 120
# parameter: days number 7 Days back
# parameter: most number 200 At most so many of each log
# key: log record
# sort: -time
# column: time time Time
# column: what text What happened
# column: name text Program or service
# column: provider text Provider
# column: id number Event
# column: message text Message
# column: log text Log
# column: record number Record
# An event whose message can't be made, as some 7023 are, is an error that must not end the rest (PowerShell's issue 7664).
# $i: which of an event's values is the name; 1001 begins with a bucket, 7009 and 7011 with milliseconds.
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
Get-WinEvent -FilterHashtable @{LogName=$g;Id=@($_.Value -split ',');StartTime=(Get-Date).AddDays(-$days)} -MaxEvents $most -ea SilentlyContinue -ev x|?{$w["$($_.ProviderName) $($_.Id)"]}|%{
$m="$($_.Message)"
if(-not $m){$m=@($_.Properties|%{"$($_.Value)"}) -join '; '}
@{time=T $_.TimeCreated;what=$w["$($_.ProviderName) $($_.Id)"];name=$(if($_.Id -notin 1026,2004 -and $_.Properties){"$($_.Properties[[int]$i[$_.Id]].Value)"});provider=$_.ProviderName;id=$_.Id;message=$m;log=$g;record=$_.RecordId}}|O
$x|?{$_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*'}|select -First 1|%{N "${g}: $_"}
}catch{if($_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*'){N "${g}: $_"}}
}
