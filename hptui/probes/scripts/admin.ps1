# title: Administrator or not
# about: Whether this account's processes are administrators: yes, no, or could not tell and why. It is decided by an enabled
# about: S-1-5-32-544 in the token, never by integrity level or by the words that Windows prints.
# group: Admin rights
# source: https://learn.microsoft.com/en-us/dotnet/api/system.security.principal.windowsidentity.groups?view=netframework-4.8.1
# source: https://learn.microsoft.com/en-us/archive/blogs/shawnfa/which-groups-does-windowsidentity-groups-return
# source: https://github.com/microsoft/referencesource/blob/master/mscorlib/system/security/principal/windowsidentity.cs
# source: https://learn.microsoft.com/en-us/windows/win32/secauthz/sid-attributes-in-an-access-token
# source: https://learn.microsoft.com/en-us/windows/win32/api/winnt/ne-winnt-token_elevation_type
# source: https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/whoami
# unsure: which exit code fltMC.exe has where it is refused; it decides nothing
# key: sid
# column: admin text Administrator
# column: why text Why
# column: user text User
# column: sid text SID
# column: administrators text Administrators in the token
# column: role flag Windows says so
# column: fltmc flag fltmc is allowed
# column: integrity text Integrity level
# column: elevation text Elevation
# column: groups number Enabled groups
# column: listed text Administrators in whoami
# column: whoami number Groups in whoami
# column: language text Language mode
# column: powershell text PowerShell
# column: problem list What could not be read
# .NET's Groups leaves out what is disabled or for deny only; those for deny only are among the claims.
$p=@()
$r=@{language="$($ExecutionContext.SessionState.LanguageMode)";powershell="$($PSVersionTable.PSVersion)"}
$a='S-1-5-32-544'
try{
$i=[Security.Principal.WindowsIdentity]::GetCurrent()
$r.user=$i.Name
$r.sid=$i.User.Value
$g=@($i.Groups|%{$_.Value})
$r.groups=$g.Count
$d=@($i.Claims|?{$_.Type -match 'denyonly'}|%{$_.Value})
if($g -contains $a){$r.administrators='enabled'}
elseif($d -contains $a){$r.administrators='deny only'}
elseif($g.Count){$r.administrators='absent'}
else{$p+='the token shows no groups'}
}catch{$p+="$_"}
try{$r.role=([Security.Principal.WindowsPrincipal]$i).IsInRole([Security.Principal.SecurityIdentifier]$a)}catch{$p+="$_"}
# 1 default, 2 full, 3 limited; System.Token is what GetCurrent opened.
try{
Add-Type -Namespace Hptui -Name Token -MemberDefinition '[DllImport("advapi32.dll",SetLastError=true)]public static extern bool GetTokenInformation(IntPtr t,int c,out int v,int l,out int r);'
$v=$n=0
if([Hptui.Token]::GetTokenInformation($i.Token,18,[ref]$v,4,[ref]$n)){$r.elevation=('','default','full','limited')[$v]}
}catch{$p+="elevation: $_"}
# With 2>&1 and Stop, 5.1 would end at the first line that a program writes to stderr.
$w=@(&{$ErrorActionPreference='Continue';C:\Windows\System32\whoami.exe /groups /fo csv /nh 2>&1}|%{"$_"})
$s=@()
$w|%{if($_ -match '"(S-1-[-\d]+)","([^"]*)"\s*$'){
$s+=$Matches[1]
if($Matches[1] -eq $a){$r.listed=$Matches[2]}
if($Matches[1] -like 'S-1-16-*'){$r.integrity=$Matches[1]}
}}
$r.whoami=$s.Count
if(-not $s){$p+="whoami: $w"}
&{$ErrorActionPreference='Continue';$null=C:\Windows\System32\fltMC.exe 2>&1}
$r.fltmc=(Test-Path C:\Windows\System32\fltMC.exe) -and $LASTEXITCODE -eq 0
$r.problem=$p
$r|O
