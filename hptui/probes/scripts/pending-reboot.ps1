# title: Pending reboot and why
# about: Everything that makes Windows want a restart, and whether it does.
# group: Machine
# source: https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-movefileexw
# source: https://learn.microsoft.com/en-us/troubleshoot/windows-client/installing-updates-features-roles/windows-update-issues-troubleshooting
# source: https://github.com/dsccommunity/ComputerManagementDsc/wiki/PendingReboot
# key: reason
# sort: -pending
# column: reason text Reason
# column: pending flag Pending
# column: detail list What exactly
function C($r,$b){
try{$d=@(&$b|?{$_});@{reason=$r;pending=$d.Count -gt 0;detail=@($d|select -First 20)}}catch{@{reason=$r;detail="could not tell: $_"}}
}
$w='HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion'
$c='HKLM:\SYSTEM\CurrentControlSet'
@(
C 'Component servicing waits for a restart' {'RebootPending','RebootInProgress','PackagesPending'|?{Test-Path "$w\Component Based Servicing\$_"}}
C 'Windows Update wants a restart' {'RebootRequired','PostRebootReporting'|?{Test-Path "$w\WindowsUpdate\Auto Update\$_"}}
C 'Files are to be replaced or deleted at the start' {$p=Get-ItemProperty "$c\Control\Session Manager";@($p.PendingFileRenameOperations)+@($p.PendingFileRenameOperations2)|?{$_}|%{$_ -replace '^!?\\\?\?\\',''}}
C 'The computer is to be renamed' {$a=(Get-ItemProperty "$c\Control\ComputerName\ActiveComputerName").ComputerName;$n=(Get-ItemProperty "$c\Control\ComputerName\ComputerName").ComputerName;if($a -ne $n){"$a to $n"}}
C 'The computer is to join a domain' {$p=Get-ItemProperty "$c\Services\Netlogon";if($p.JoinDomain){'JoinDomain'};if($p.AvoidSpnSet){'AvoidSpnSet'}}
C 'Roles or features wait for a restart' {$p=Get-ItemProperty HKLM:\SOFTWARE\Microsoft\ServerManager -ea 0;if($p.CurrentRebootAttempts){"$($p.CurrentRebootAttempts) attempts"}}
)|O
