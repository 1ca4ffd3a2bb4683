# title: Named pipes
# about: Every named pipe of the node with its instances and their limit, and what it is where that is known. The directory of pipes
# about: is read; no pipe is opened.
# group: Named pipes
# source: https://learn.microsoft.com/en-us/sysinternals/downloads/pipelist
# source: https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntquerydirectoryfile
# source: https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/ns-ntifs-_file_directory_information
# source: https://learn.microsoft.com/en-us/dotnet/api/system.io.directory.enumeratefilesystementries?view=netframework-4.8.1
# unsure: that the limit of instances is the allocation size: Sysinternals' PipeList and others read it so, no page says it
# unsure: how many names .NET refuses on a node
# key: name
# then: pipe-owner pipe=name if openable
# sort: name
# column: name text Pipe
# column: family text Family
# column: what text What it is
# column: instances number Instances
# column: most number Most instances
# column: pid number Process in its name
# column: container text Container in its name
# column: openable flag May be asked for its owner
# The pipes' file system gives instances as EndOfFile (at 40) and their limit as AllocationSize (at 48), -1 for none.
# FindFirstFile and .NET go the same way, but the first has no field for the limit and the second stumbles over names. What is
# opened and allocated here ends with the process, at once. Success without a byte means that an entry is larger than the buffer.
$done=$false
try{
Add-Type -TypeDefinition @'
using System;using System.Collections;using System.Runtime.InteropServices;
public static class HptuiPipes{
[DllImport("kernel32",CharSet=CharSet.Unicode,SetLastError=true)]static extern IntPtr CreateFileW(string n,uint a,uint s,IntPtr p,uint c,uint f,IntPtr t);
[DllImport("ntdll")]static extern int NtQueryDirectoryFile(IntPtr h,IntPtr e,IntPtr r,IntPtr c,[In,Out]IntPtr[] i,IntPtr b,int n,int k,byte o,IntPtr m,byte a);
public static ArrayList All(){
ArrayList l=new ArrayList();
IntPtr h=CreateFileW("\\\\.\\pipe\\",0x80000000,3,IntPtr.Zero,3,0,IntPtr.Zero);
if(h.ToInt64()==-1)throw new System.ComponentModel.Win32Exception();
IntPtr b=Marshal.AllocHGlobal(65536),z=IntPtr.Zero;IntPtr[] i=new IntPtr[2];
for(byte first=1;;first=0){
int s=NtQueryDirectoryFile(h,z,z,z,i,b,65536,1,0,z,first);
if(s==unchecked((int)0x80000006))return l;
if(s!=0)throw new Exception("NtQueryDirectoryFile: 0x"+s.ToString("x8"));
if(i[1]==z)return l;
for(int o=0,n;;o+=n){
n=Marshal.ReadInt32(b,o);
l.Add(new object[]{Marshal.PtrToStringUni(new IntPtr(b.ToInt64()+o+64),Marshal.ReadInt32(b,o+60)/2),Marshal.ReadInt32(b,o+40),Marshal.ReadInt32(b,o+48)});
if(n==0)break;}
}}}
'@
$l=[HptuiPipes]::All()
$done=$true
foreach($p in $l){@{name=$p[0];instances=$p[1];most=$(if($p[2] -gt 0){$p[2]})}|O}
}catch{
if($done){throw}
N "The second way, without instances: $_"
}
if(-not $done){try{
$bad=0
$e=[IO.Directory]::EnumerateFileSystemEntries('\\.\pipe\').GetEnumerator()
$done=$true
while($bad -lt 1000){
try{
if(-not $e.MoveNext()){break}
@{name=$e.Current.Substring(9)}|O
}catch{$bad++}
}
if($bad){N "$bad pipes have names that .NET refuses, and are missing here"}
}catch{
if($done){throw}
N "The last way, by cmd's dir: $_"
}}
if(-not $done){
$n=0
C:\Windows\System32\cmd.exe /d /c 'dir /b \\.\pipe\\'|%{$n++;@{name=$_}}|O
if(-not $n){throw 'not here: none of the three ways to list pipes works for this account'}
}
