# title: Groups in the token
# about: The groups of this account's token with their attributes. One for deny only takes rights away and never gives any.
# group: Admin rights
# source: https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-token_groups
# source: https://learn.microsoft.com/en-us/windows/win32/secauthz/sid-attributes-in-an-access-token
# source: https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/whoami
# unsure: whether Add-Type may compile as every account: it wants to write to TEMP
# key: sid
# sort: name
# column: name text Group
# column: sid text SID
# column: enabled flag Enabled
# column: deny flag Deny only
# column: attributes list Attributes
# TOKEN_GROUPS is a count and, from the first address that fits a pointer, a pointer to the SID and its attributes for each.
# whoami says attributes in the machine's language, so it is only the second way.
$a=$null
try{
Add-Type -TypeDefinition @'
using System;using System.Runtime.InteropServices;
public static class HptuiGroups{
[DllImport("advapi32",SetLastError=true)]static extern bool GetTokenInformation(IntPtr t,int c,IntPtr b,int n,out int r);
public static string[] Of(IntPtr t){
int n;GetTokenInformation(t,2,IntPtr.Zero,0,out n);
IntPtr b=Marshal.AllocHGlobal(n);
try{
if(!GetTokenInformation(t,2,b,n,out n))throw new System.ComponentModel.Win32Exception();
int p=IntPtr.Size;
string[] a=new string[Marshal.ReadInt32(b)];
for(int i=0;i<a.Length;i++)
a[i]=new System.Security.Principal.SecurityIdentifier(Marshal.ReadIntPtr(b,p+2*p*i)).Value+" "+Marshal.ReadInt32(b,2*p+2*p*i);
return a;
}finally{Marshal.FreeHGlobal(b);}}}
'@
$a=[HptuiGroups]::Of([Security.Principal.WindowsIdentity]::GetCurrent().Token)
}catch{N "Read with whoami, because the token could not be read: $_"}
$w=@{1='mandatory';2='enabled by default';4='enabled';8='owner';16='deny only';32='integrity';64='integrity enabled';536870912='domain-local'}
if($a){$a|%{
$s,$x=$_ -split ' '
$x=[int]$x
$n=try{([Security.Principal.SecurityIdentifier]$s).Translate([Security.Principal.NTAccount]).Value}catch{}
$f=@($w.Keys|sort|?{$x -band $_}|%{$w[$_]})
if($x -lt 0){$f+='logon session'}
@{name=$n;sid=$s;enabled=[bool]($x -band 4);deny=[bool]($x -band 16);attributes=$f}
}|O}
else{
$l=@(&{$ErrorActionPreference='Continue';C:\Windows\System32\whoami.exe /groups /fo csv /nh 2>&1}|?{"$_" -match '"S-1-'}|ConvertFrom-Csv -Header 'n','t','s','a')
if(-not $l){throw 'neither the token nor whoami could be read'}
$l|%{@{name=$_.n;sid=$_.s;attributes=@($_.a -split ', *'|?{$_})}}|O
}
