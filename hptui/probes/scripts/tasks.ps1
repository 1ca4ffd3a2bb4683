# title: Scheduled tasks
# about: Scheduled tasks with their state, last result and next run. Tasks that this account may not see are not in the list.
# group: Processes and services
# source: https://learn.microsoft.com/en-us/powershell/module/scheduledtasks/get-scheduledtask
# source: https://learn.microsoft.com/en-us/powershell/module/scheduledtasks/get-scheduledtaskinfo
# source: https://learn.microsoft.com/en-us/windows/win32/taskschd/registeredtask
# source: https://learn.microsoft.com/en-us/windows/win32/taskschd/task-scheduler-error-and-success-constants
# unsure: the names of the properties, which the cmdlets' pages don't list: they are those of the scheduler's own objects
# unsure: how long it takes on a node with hundreds of tasks
# limit: 120
# key: task
# sort: task
# column: task text Task
# column: state text State
# column: account text Runs as
# column: last time Last run
# column: result text Last result
# column: next time Next run
# column: missed number Missed
# column: does list What it does
# column: problem text Not readable
# Without a path the page promises only those of the root. A task that has never run has the last run 1999-11-30 and the result 0x00041303.
Get-ScheduledTask -TaskPath '*'|%{
$t=$_
$i=$p=$null
try{$i=$t|Get-ScheduledTaskInfo}catch{$p="$_"}
@{task=$t.TaskPath+$t.TaskName;state=[string]$t.State;account=$(if($t.Principal.UserId){$t.Principal.UserId}else{$t.Principal.GroupId})
last=$(if($i.LastRunTime.Year -gt 2000){T $i.LastRunTime});result=$(if($i){'0x{0:x8}' -f $i.LastTaskResult});next=T $i.NextRunTime;missed=$i.NumberOfMissedRuns
does=@($t.Actions|%{if($_.Execute){"$($_.Execute) $($_.Arguments)".Trim()}elseif($_.ClassId){"COM $($_.ClassId)"}});problem=$p}
}|O
