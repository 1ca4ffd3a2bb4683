# title: Tail of an agent's log
# about: The last lines of the newest log file of one agent, with their place in the file, so that asking again shows what came.
# group: Node agents
# source: https://learn.microsoft.com/en-us/dotnet/api/system.io.fileshare
# source: https://learn.microsoft.com/en-us/azure/aks/kubelet-logs
# unsure: whether every agent lets others read its log while it writes
# parameter: agent text "kubelet" Agent: a part of the name of its log file
# parameter: lines number 200 Lines
# key: at
# sort: at
# column: time text Time
# column: level text Level
# column: text text Line
# column: at number Place in the file
# column: file text File
# The file is written meanwhile: it is shared with its writer, and its end may be half a line.
$d='C:\k','C:\ProgramData\Amazon\EKS\logs','C:\var\lib\rancher\rke2\agent\logs','C:\var\lib\rancher\rke2\agent\containerd','C:\var\log\kubelet','C:\var\log\kube-proxy','C:\var\log\hybrid-overlay','C:\var\log\containerd','C:\var\log\csi-proxy','C:\etc\kubernetes\logs','C:\ProgramData\containerd\root','C:\AzureData'
$f=Get-ChildItem $d -File -Force -ea 0|?{$_.Name -like "*$agent*" -and $_.Name -match 'log|err|INFO|out'}|sort LastWriteTime|select -Last 1
if(-not $f){throw "not here: no log file with $agent in its name is in the known places; agent-logs lists what there is"}
$s=New-Object IO.FileStream($f.FullName,'Open','Read','ReadWrite,Delete')
try{
$n=[Math]::Min($s.Length,[Math]::Max(65536,400*$lines))
$b=New-Object byte[] $n
$null=$s.Seek(-$n,'End')
$o=$s.Length-$n
$n=$s.Read($b,0,$n)
}finally{$s.Close()}
$t=[Text.Encoding]::GetEncoding(28591).GetString($b,0,$n)
$q=New-Object Collections.Generic.List[object]
$i=0
if($o -gt 0){$i=$t.IndexOf("`n")+1}
while($i -lt $t.Length){
$j=$t.IndexOf("`n",$i)
if($j -lt 0){$j=$t.Length}
$q.Add(@(($o+$i),$i,($j-$i)))
$i=$j+1
}
$q|select -Last $lines|%{@{at=$_[0];text=[Text.Encoding]::UTF8.GetString($b,$_[1],$_[2]).TrimEnd("`r");file=$f.FullName}}|O
