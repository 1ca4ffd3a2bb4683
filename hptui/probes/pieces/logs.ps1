# Says so where this account may not read a log. By a hashtable Get-WinEvent only says that nothing matches then (PowerShell's
# issue 18965); by the log's name it says why.
function U($g){
$null=Get-WinEvent -LogName $g -MaxEvents 1 -ea SilentlyContinue -ev r
$r|?{$_.FullyQualifiedErrorId -like 'LogInfoUnavailable*' -or $_.CategoryInfo.Reason -like 'Unauthorized*'}|select -First 1|%{N "${g}: $_"}
}
