# title: Can it be reached
# about: Whether the node reaches a host and port by TCP, from which address, and how long that takes.
# group: Network
# source: https://learn.microsoft.com/en-us/dotnet/api/system.net.sockets.tcpclient.beginconnect?view=netframework-4.8.1
# source: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
# parameter: target text "" Host name or address; without one, the API server as pods know it
# parameter: port number 443 Port
# parameter: seconds number 5 How long to wait for each address
# key: address
# column: host text Host
# column: address text Address
# column: port number Port
# column: reached flag Reached
# column: took seconds Took
# column: from text From
# column: looked seconds Name looked up in
# column: problem text Problem
# A connection is made and closed at once; nothing is sent.
$h=$(if($target){$target}else{$env:KUBERNETES_SERVICE_HOST})
if(-not $h){throw 'There is no target, and the environment names no API server.'}
$b=Get-Date
try{$a=@([Net.Dns]::GetHostAddresses($h))}catch{@{host=$h;port=$port;reached=$false;looked=((Get-Date)-$b).TotalSeconds;problem="The name is not known: $($_.Exception.GetBaseException().Message)"}|O}
$l=((Get-Date)-$b).TotalSeconds
$a|?{$_}|select -First 8|%{
$r=@{host=$h;address="$_";port=$port;reached=$false;looked=$l}
$c=New-Object Net.Sockets.TcpClient($_.AddressFamily)
$b=Get-Date
try{
$w=$c.BeginConnect($_,$port,$null,$null)
if($w.AsyncWaitHandle.WaitOne(1000*$seconds)){$c.EndConnect($w);$r.reached=$true;$r.from="$($c.Client.LocalEndPoint)"}else{$r.problem="No answer within $seconds s"}
}catch{$r.problem=$_.Exception.GetBaseException().Message}
$r.took=((Get-Date)-$b).TotalSeconds
$c.Close()
$r
}|O
