# title: Page files
# about: Page files with how much of them is used and was used at most since the boot.
# group: Machine
# source: https://learn.microsoft.com/en-us/windows/win32/cimwin32prov/win32-pagefileusage
# source: https://learn.microsoft.com/en-us/windows/win32/cimwin32prov/win32-computersystem
# source: https://learn.microsoft.com/en-us/windows/win32/cimwin32prov/win32-operatingsystem
# unsure: who may see page files: the class wants the privilege to make them
# key: name
# column: name text Page file
# column: size bytes Size
# column: used bytes Used
# column: peak bytes Most used
# column: temporary flag Temporary
# column: automatic flag Managed by Windows
$a=(Get-CimInstance Win32_ComputerSystem).AutomaticManagedPagefile
$f=@(Get-CimInstance Win32_PageFileUsage)
if(-not $f){
if((Get-CimInstance Win32_OperatingSystem).SizeStoredInPagingFiles){throw 'not here: this account may not see the page files that there are'}
N 'This node has no page file: what is committed must fit its memory.'}
$f|%{@{name=$_.Name;size=1MB*$_.AllocatedBaseSize;used=1MB*$_.CurrentUsage;peak=1MB*$_.PeakUsage;temporary=$_.TempPageFile;automatic=$a}}|O
