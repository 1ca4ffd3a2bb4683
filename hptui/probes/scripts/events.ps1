# title: Event logs
# about: Events by log, level, time, provider and number, newest first. Logs are named or given by a pattern, as *Hyper-V-Compute*.
# group: Events
# source: https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.diagnostics/get-winevent?view=powershell-5.1
# source: https://learn.microsoft.com/en-us/powershell/scripting/samples/creating-get-winevent-queries-with-filterhashtable
# unsure: how long messages take whose provider is not registered
# limit: 180
# parameter: log text "System,Application" Logs, with commas; * stands for anything
# parameter: level number 3 Up to which level: 1 critical, 2 error, 3 warning, 4 information, 5 verbose
# parameter: hours number 24 Hours back
# parameter: provider text "" Only of this provider
# parameter: id text "" Only these numbers, with commas
# parameter: most number 500 At most so many of each log
# key: log record
# sort: -time
# column: time time Time
# column: level text Level
# column: log text Log
# column: provider text Provider
# column: id number Event
# column: message text Message
# column: user text User
# column: pid number Process
# column: record number Record
# That nothing matches is an error of Get-WinEvent's, and no failure; so is one event whose message can't be made, which must
# not end the rest (PowerShell's issue 7664). Without a message the values stand for it.
$l='information','critical','error','warning','information','verbose'
$n=@($log -split ' *, *'|?{$_}|%{if($_ -match '[*?]'){Get-WinEvent -ListLog $_ -ea 0|?{$_.RecordCount}|%{$_.LogName}}else{$_}})
if(-not $n){throw "not here: no log with anything in it is called $log"}
foreach($g in $n){
$f=@{LogName=$g;Level=@(0..$level|?{$_ -or $level -ge 4});StartTime=(Get-Date).AddHours(-$hours)}
if($provider){$f.ProviderName=$provider}
if($id){$f.Id=@($id -split ' *, *'|%{[int]$_})}
try{
Get-WinEvent -FilterHashtable $f -MaxEvents $most -ea SilentlyContinue -ev x|%{
$m="$($_.Message)"
if(-not $m){$m=@($_.Properties|%{"$($_.Value)"}) -join '; '}
@{time=T $_.TimeCreated;level=$l[[int]$_.Level];log=$_.LogName;provider=$_.ProviderName;id=$_.Id;message=$m;user="$($_.UserId)";pid=$_.ProcessId;record=$_.RecordId}
}|O
$x|?{$_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*'}|select -First 1|%{N "${g}: $_"}
}catch{if($_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*'){N "${g}: $_"}}
}
