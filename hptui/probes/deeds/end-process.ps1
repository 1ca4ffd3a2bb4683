# title: End a process
# about: Ends one process at once, as Task Manager does.
# group: Processes and services
# source: https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.management/stop-process?view=powershell-5.1
# source: https://learn.microsoft.com/en-us/windows/win32/cimwin32prov/win32-process
# warning: What the process has not saved is lost.
# parameter: process number 0 Process
# parameter: name text "" Name, as it must be
# parameter: started text "" When it was started, as it must be
# required: name started
# key: process
# column: process number Process
# column: name text Name
# column: ended flag Ended
# A process's number is given to another when it has ended: name and time of start say that it is the same one.
$p=Get-CimInstance Win32_Process -Filter "ProcessId=$process"
if(-not $p){throw "There is no process $process any more."}
if($p.Name -ne $name -or (T $p.CreationDate) -ne $started){throw "Process $process is another one by now: $($p.Name). Nothing was ended."}
Stop-Process -Id $process -Force
Wait-Process -Id $process -Timeout 10 -ea SilentlyContinue
$l=Get-CimInstance Win32_Process -Filter "ProcessId=$process"
@{process=$process;name=$name;ended=-not ($l -and $l.Name -eq $name -and (T $l.CreationDate) -eq $started)}|O
