# title: Privileges
# about: The privileges in this account's token and whether each is switched on. One that is off can be switched on by a program
# about: that wants it; one that isn't here cannot be had.
# group: Admin rights
# source: https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-token_privileges
# source: https://learn.microsoft.com/en-us/windows/win32/secauthz/privilege-constants
# source: https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/whoami
# unsure: whether Add-Type may compile as every account: it wants to write to TEMP
# key: name
# sort: name
# column: name text Privilege
# column: enabled flag On
# column: default flag On from the start
# column: about text What it is, in Windows' words
# TOKEN_PRIVILEGES is a count and 12 bytes for each: LUID and attributes (1 on by default, 2 on, as winnt.h has them). whoami says the state in the
# machine's language, so it is only the second way.
$t=@{}
&{$ErrorActionPreference='Continue';C:\Windows\System32\whoami.exe /priv /fo csv /nh 2>&1}|?{"$_" -match '^"Se\w+"'}|ConvertFrom-Csv -Header 'n','d','s'|%{$t[$_.n]=$_}
$a=$null
try{
Add-Type -TypeDefinition @'
using System;using System.Text;using System.Runtime.InteropServices;
public static class HptuiPrivileges{
[DllImport("advapi32",SetLastError=true)]static extern bool GetTokenInformation(IntPtr t,int c,IntPtr b,int n,out int r);
[DllImport("advapi32",SetLastError=true,CharSet=CharSet.Unicode)]static extern bool LookupPrivilegeNameW(string s,ref long l,StringBuilder n,ref int c);
public static string[] Of(IntPtr t){
int n;GetTokenInformation(t,3,IntPtr.Zero,0,out n);
IntPtr b=Marshal.AllocHGlobal(n);
try{
if(!GetTokenInformation(t,3,b,n,out n))throw new System.ComponentModel.Win32Exception();
string[] a=new string[Marshal.ReadInt32(b)];
for(int i=0;i<a.Length;i++){
long l=Marshal.ReadInt64(b,4+12*i);
StringBuilder s=new StringBuilder(128);int c=128;
a[i]=(LookupPrivilegeNameW(null,ref l,s,ref c)?s.ToString():"LUID:"+l)+" "+Marshal.ReadInt32(b,12+12*i);}
return a;
}finally{Marshal.FreeHGlobal(b);}}}
'@
$a=[HptuiPrivileges]::Of([Security.Principal.WindowsIdentity]::GetCurrent().Token)
}catch{N "Read with whoami, because the token could not be read: $_"}
if($a){$a|%{$n,$x=$_ -split ' ';@{name=$n;enabled=[bool]([int]$x -band 2);default=[bool]([int]$x -band 1);about=$t[$n].d}}|O}
elseif($t.Count){$t.Values|%{@{name=$_.n;enabled=$(if($_.s -eq 'Enabled'){$true}elseif($_.s -eq 'Disabled'){$false}else{$_.s});about=$_.d}}|O}
else{throw 'neither the token nor whoami could be read'}
