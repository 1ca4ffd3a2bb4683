# title: Restart a service
# about: Stops one service and those that depend on it, and starts them again.
# group: Processes and services
# source: https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.management/restart-service?view=powershell-5.1
# source: https://learn.microsoft.com/en-us/windows/win32/cimwin32prov/win32-service
# warning: Whoever uses the service meanwhile is cut off, and services that depend on it are restarted with it.
# limit: 180
# parameter: service text "" Name
# required: service
# key: name
# column: name text Service
# column: before text Before
# column: after text After
# column: pid number Process now
# column: problem text Problem
# Services that this account may not query are errors, and not the one that is meant. Names are compared, not given to -Name, which would take * and ? for patterns. Dependents that ran are started again here,
# because a failure in the middle would leave them stopped.
$s=Get-Service -ea 0|?{$_.Name -eq $service}
if(-not $s){throw "There is no service $service."}
$b=@{$s.Name="$($s.Status)"}
$d=@($s.DependentServices|?{"$($_.Status)" -eq 'Running'})
$d|%{$b[$_.Name]="$($_.Status)"}
$e=@{}
if("$($s.Status)" -eq 'Stopped'){try{$s|Start-Service}catch{$e[$s.Name]="$_"}}
else{try{$s|Restart-Service -Force}catch{$e[$s.Name]="$_"}}
$d|%{$n=$_;try{if("$((Get-Service -ea 0|?{$_.Name -eq $n.Name}).Status)" -ne 'Running'){$n|Start-Service}}catch{$e[$n.Name]="$_"}}
$b.Keys|%{
$n=$_
$c=Get-CimInstance Win32_Service|?{$_.Name -eq $n}
@{name=$n;before=$b[$n];after=$c.State;pid=$(if($c.ProcessId){$c.ProcessId});problem=$e[$n]}
}|O
