# title: Processes
# about: Every process of the node with what it costs, how it was started and by whom; the rows are a tree by parent.
# group: Processes and services
# source: https://learn.microsoft.com/en-us/windows/win32/cimwin32prov/win32-process
# source: https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.management/get-process?view=powershell-5.1
# key: pid
# parent: ppid
# sort: -memory
# column: pid number Process
# column: ppid number Parent
# column: name text Name
# column: owner text Owner
# column: cpu seconds CPU
# column: memory bytes Working set
# column: private bytes Private
# column: handles number Handles
# column: threads number Threads
# column: started time Started
# column: command text Command line
# A parent's number may belong to another process by now: a child that is older than its "parent" has none.
# Private memory is what Windows calls page file usage, in kilobytes: of PrivatePageCount the page says that it counts pages, though
# it is known to give bytes. Owners come with Get-Process -IncludeUserName where the account is an administrator, and else not at all.
$own=@{}
try{Get-Process -IncludeUserName -ea 0|%{$own[[int]$_.Id]=$_.UserName}}catch{if(-not $own.Count){N 'Owners are shown to administrators only.'}}
$all=@(Get-CimInstance Win32_Process)
$began=@{}
$all|%{$began[[int]$_.ProcessId]=$_.CreationDate}
$all|%{
$p=[int]$_.ParentProcessId
$b=$began[$p]
if($b -and $_.CreationDate -and $b -gt $_.CreationDate){$p=$null}
@{pid=[int]$_.ProcessId;ppid=$p;name=$_.Name;owner=$own[[int]$_.ProcessId];cpu=($_.KernelModeTime+$_.UserModeTime)/1e7;memory=$_.WorkingSetSize;private=1KB*$_.PageFileUsage;handles=$_.HandleCount;threads=$_.ThreadCount;started=(T $_.CreationDate);command=$_.CommandLine}
}|O
