# title: Event logs
# about: Events by log, level, time, provider and number, newest first. Logs are named or given by a pattern, as *Hyper-V-Compute*.
# group: Events
# source: https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.diagnostics/get-winevent?view=powershell-5.1
# source: https://learn.microsoft.com/en-us/powershell/scripting/samples/creating-get-winevent-queries-with-filterhashtable
# source: https://github.com/PowerShell/PowerShell/blob/master/src/Microsoft.PowerShell.Commands.Diagnostics/GetEventCommand.cs
# source: https://learn.microsoft.com/en-us/windows/win32/api/winevt/ne-winevt-evt_query_flags
# unsure: how long messages take whose provider is not registered
# unsure: whether 5.1 reads a log that an account may not open as PowerShell 7's source says: as one in which nothing matches
# limit: 180
# parameter: log text "System,Application" Logs, with commas; * stands for anything
# parameter: level number 3 Up to which level: 1 critical, 2 error, 3 warning, 4 information, 5 verbose
# parameter: hours number 24 Hours back
# parameter: provider text "" Only of this provider
# parameter: id text "" Only these numbers, with commas, at most ten
# parameter: most number 500 At most so many of each log
# parameter: after text "" Only from this time on, as 2026-11-27T10:00:00Z, instead of the hours
# follow: after time
# key: log record
# sort: -time
# column: time time Time
# column: level text Level
# column: provider text Provider
# column: message text Message
# column: id number Event
# column: log text Log
# column: user text User
# column: pid number Process
# column: record number Record
# That nothing matches is an error of Get-WinEvent's, and no failure; so is one event whose message can't be made, which must
# not end the rest (PowerShell's issue 7664). Without a message the values stand for it. A query by a table tolerates errors: in
# a log that may not be read nothing matches, so one that seems empty is asked once more without; and a query of more than 20
# terms may be cut. Events of level 0, as audits are, count as information.
$b=$(if($after){[datetime]$after}else{(Get-Date).AddHours(-$hours)})
$l='information','critical','error','warning','information','verbose'
$w=@($id -split ' *, *'|?{$_}|%{[int]$_})
if($w.Count -gt 10){throw 'At most ten numbers can be asked for at once.'}
if($level -lt 1){$level=1}
$n=@($log.Trim() -split ' *, *'|?{$_}|%{if($_ -match '[*?]'){Get-WinEvent -ListLog $_ -ea 0 -ev +y|?{$_.RecordCount}|%{$_.LogName}}else{$_}})
if($y){N "$($y.Count) logs could not be looked at, as: $($y[0])"}
if(-not $n){throw "not here: no log with anything in it is called $log"}
foreach($g in $n){
$f=@{LogName=$g;StartTime=$b}
if($level -lt 5){$f.Level=@(1..$level)+@(0|?{$level -eq 4})}
if($provider){$f.ProviderName=$provider}
if($w){$f.Id=$w}
$c=0
try{
Get-WinEvent -FilterHashtable $f -MaxEvents $most -ea SilentlyContinue -ev x|%{
$c++
$m="$($_.Message)"
if(-not $m){$m=@($_.Properties|%{"$($_.Value)"}) -join '; '}
@{time=T $_.TimeCreated;level=$l[[int]$_.Level];log=$_.LogName;provider=$_.ProviderName;id=$_.Id;message=$m;user="$($_.UserId)";pid=$_.ProcessId;record=$_.RecordId}
}|O
$e=@($x|?{$_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*'})
if($e){N "${g}: $($e[0])"}
elseif(-not $c){$null=Get-WinEvent -LogName $g -MaxEvents 1}
}catch{if($_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*'){N "${g}: $_"}}
}
