# title: Reboots and crashes of Windows
# about: When the node was started, stopped, restarted by whom and why, and when it went down without a word.
# group: Events
# uses: logs
# source: https://learn.microsoft.com/en-us/troubleshoot/windows-client/performance/event-id-41-restart
# source: https://learn.microsoft.com/en-us/troubleshoot/windows-server/performance/troubleshoot-unexpected-reboots-system-event-logs
# unsure: events 109 and 1076, which neither page has
# limit: 120
# parameter: days number 30 Days back
# parameter: most number 200 At most so many
# key: record
# sort: -time
# column: time time Time
# column: what text What happened
# column: message text Message
# column: provider text Provider
# column: id number Event
# column: record number Record
# An event whose message can't be made is an error that must not end the rest (PowerShell's issue 7664).
$w=@{
'EventLog 6005'='the event log was started';'EventLog 6006'='the event log was stopped: a clean shutdown';'EventLog 6008'='the shutdown before was unexpected';'EventLog 6009'='Windows started'
'User32 1074'='a restart or shutdown was asked for';'User32 1076'='a reason was given for an unexpected shutdown'
'Microsoft-Windows-Kernel-Power 41'='restarted without a clean shutdown';'Microsoft-Windows-Kernel-Power 109'='the kernel began a shutdown'
'Microsoft-Windows-Kernel-General 12'='Windows started';'Microsoft-Windows-Kernel-General 13'='Windows shut down'
'Microsoft-Windows-WER-SystemErrorReporting 1001'='restarted after a bug check'
}
$n=0
try{
Get-WinEvent -FilterHashtable @{LogName='System';Id=12,13,41,109,1001,1074,1076,6005,6006,6008,6009;StartTime=(Get-Date).AddDays(-$days)} -MaxEvents (5*$most) -ea SilentlyContinue -ev x|?{$w["$($_.ProviderName) $($_.Id)"]}|select -First $most|%{
$n++
$m="$($_.Message)"
if(-not $m){$m=@($_.Properties|%{"$($_.Value)"}) -join '; '}
@{time=T $_.TimeCreated;what=$w["$($_.ProviderName) $($_.Id)"];provider=$_.ProviderName;id=$_.Id;message=$m;record=$_.RecordId}}|O
$x|?{$_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*'}|select -First 1|%{if($n){N $_}else{throw $_}}
if($x){U 'System'}
}catch{if($_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*'){throw}}
