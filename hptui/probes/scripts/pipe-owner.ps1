# title: A pipe's owner
# about: The process that serves one named pipe, and who may use the pipe. For that the pipe must be opened, which takes one of its
# about: instances for a moment; pipes that bear no stranger are refused.
# group: Named pipes
# source: https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-getnamedpipeserverprocessid
# source: https://learn.microsoft.com/en-us/windows/win32/ipc/named-pipe-security-and-access-rights
# source: https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-createfilew
# source: https://learn.microsoft.com/en-us/windows/win32/secauthz/impersonation-levels
# source: https://learn.microsoft.com/en-us/windows/win32/api/securitybaseapi/nf-securitybaseapi-getkernelobjectsecurity
# unsure: that the server's process is told on a client's handle, opened with READ_CONTROL alone: the page speaks of handles that CreateNamedPipe made
# warning: This opens the pipe: its server sees a client come and go, and may be disturbed by it.
# parameter: pipe text "" Name of the pipe, as the probe pipes lists it
# required: pipe
# key: pipe
# column: pipe text Pipe
# column: pid number Process
# column: process text Name
# column: path text Program
# column: started time Started
# column: session number Session
# column: owner text Owner of the pipe
# column: access list Who may do what
# column: sddl text Security descriptor
# READ_CONTROL alone, and SECURITY_ANONYMOUS (SQOS present, level 0): the server can't act in this account's name.
$pipe=$pipe -replace '^[\\/]{2}\.[\\/]pipe[\\/]',''
Add-Type -TypeDefinition @'
using System;using System.ComponentModel;using System.Runtime.InteropServices;
public static class HptuiPipe{
[DllImport("kernel32",CharSet=CharSet.Unicode,SetLastError=true)]static extern IntPtr CreateFileW(string n,uint a,uint s,IntPtr p,uint c,uint f,IntPtr t);
[DllImport("kernel32")]static extern bool CloseHandle(IntPtr h);
[DllImport("kernel32",SetLastError=true)]static extern bool GetNamedPipeServerProcessId(IntPtr h,out uint p);
[DllImport("kernel32",SetLastError=true)]static extern bool GetNamedPipeServerSessionId(IntPtr h,out uint s);
[DllImport("advapi32",SetLastError=true)]static extern bool GetKernelObjectSecurity(IntPtr h,uint i,byte[] b,uint n,out uint r);
public static object[] Look(string n){
IntPtr h=CreateFileW("\\\\.\\pipe\\"+n,0x20000,3,IntPtr.Zero,3,0x100000,IntPtr.Zero);
if(h.ToInt64()==-1)throw new Win32Exception();
try{
uint p,s,r;byte[] b=new byte[65536];
object[] a=new object[3];
if(GetNamedPipeServerProcessId(h,out p))a[0]=(long)p;
if(GetNamedPipeServerSessionId(h,out s))a[1]=(long)s;
if(GetKernelObjectSecurity(h,5,b,65536,out r))a[2]=b;
return a;
}finally{CloseHandle(h);}}}
'@
try{$a=[HptuiPipe]::Look($pipe)}catch{
$x=$_.Exception.GetBaseException()
if($x.NativeErrorCode -eq 2){throw "There is no pipe $pipe (any more)."}
if($x.NativeErrorCode -eq 231){throw "All instances of $pipe are busy; nobody can tell now."}
throw "The pipe could not be opened: $($x.Message)"
}
$r=@{pipe=$pipe;pid=$a[0];session=$a[1];access=@()}
if($a[0]){
try{$q=Get-CimInstance Win32_Process -Filter "ProcessId=$($a[0])"}catch{}
if($q){$r.process=$q.Name;$r.path=$q.ExecutablePath;$r.started=T $q.CreationDate}
else{N "Process $($a[0]) cannot be seen: it has ended, or is not shown to this account."}
}
if($a[2]){
$d=New-Object Security.AccessControl.RawSecurityDescriptor($a[2],0)
$w={param($s)try{$s.Translate([Security.Principal.NTAccount]).Value}catch{"$s"}}
$r.sddl=$d.GetSddlForm('Owner,Access')
if($d.Owner){$r.owner=&$w $d.Owner}
$r.access=@(if($null -eq $d.DiscretionaryAcl){'No list: everybody may do everything'}else{$d.DiscretionaryAcl|%{"$($_.AceQualifier): $(&$w $_.SecurityIdentifier) 0x$('{0:x}' -f $_.AccessMask)"}})
}else{N 'Its security descriptor could not be read.'}
$r|O
