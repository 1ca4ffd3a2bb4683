# title: Pending reboot and why
# about: Everything that makes Windows want a restart, and whether it does.
# group: Machine
# source: https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-movefileexw
# source: https://github.com/dsccommunity/ComputerManagementDsc/blob/main/source/DSCResources/DSC_PendingReboot/DSC_PendingReboot.psm1
# source: https://github.com/fleschutz/PowerShell/blob/main/scripts/check-pending-reboot.ps1
# unsure: what marks a restart beside files that wait for it: such keys are known from scripts, no page of Microsoft's lists them
# key: reason
# sort: -pending
# column: reason text Reason
# column: pending flag Pending
# column: detail list What exactly
# Some name the marks as keys and some as values: either counts, whatever it holds.
function C($r,$b){
try{$d=@(&$b|?{$_});@{reason=$r;pending=$d.Count -gt 0;detail=@($d|select -First 20)}}catch{@{reason=$r;detail="could not tell: $_"}}
}
function V($k,$n){$n|?{(Test-Path "$k\$_") -or (Get-Item $k -ea 0).Property -contains $_}}
$w='HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion'
$c='HKLM:\SYSTEM\CurrentControlSet'
@(
C 'Component servicing waits for a restart' {V "$w\Component Based Servicing" 'RebootPending','RebootInProgress','PackagesPending'}
C 'Windows Update wants a restart' {V "$w\WindowsUpdate\Auto Update" 'RebootRequired','PostRebootReporting'}
C 'Files are to be replaced or deleted at the start' {$p=Get-ItemProperty "$c\Control\Session Manager";@($p.PendingFileRenameOperations)+@($p.PendingFileRenameOperations2)|?{$_}|%{$_ -replace '^[!*\d]*\\\?\?\\',''}}
C 'The computer is to be renamed' {$a=(Get-ItemProperty "$c\Control\ComputerName\ActiveComputerName").ComputerName;$n=(Get-ItemProperty "$c\Control\ComputerName\ComputerName").ComputerName;if($a -ne $n){"$a to $n"}}
C 'The computer is to join a domain' {V "$c\Services\Netlogon" 'JoinDomain','AvoidSpnSet'}
C 'Roles or features wait for a restart' {V 'HKLM:\SOFTWARE\Microsoft\ServerManager' 'CurrentRebootAttempts'}
)|O
