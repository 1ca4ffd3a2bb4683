# title: Snapshots and images on disk
# about: What containerd keeps on the disk: layers that were pulled, snapshots, and the scratch disks of containers.
# group: Containers
# source: https://github.com/containerd/containerd/blob/main/docs/ops.md
# source: https://github.com/containerd/containerd/blob/main/defaults/defaults_windows.go
# source: https://github.com/containerd/containerd/blob/main/plugins/snapshots/windows/windows.go
# source: https://github.com/k3s-io/k3s/blob/master/pkg/agent/config/config.go
# source: https://github.com/rancher/rke2/blob/master/pkg/pebinaryexecutor/pebinary.go
# unsure: what there is beside it where another snapshotter than windows is used, as cimfs
# limit: 120
# key: kind path
# column: kind text Kind
# column: path text Place
# column: count number Number
# column: size bytes Size
# column: oldest time Oldest
# column: newest time Newest
# Layers' files are not counted: there are hundreds of thousands of them. Their size is that of the content they were made from.
$r=@('C:\ProgramData\containerd\root','C:\var\lib\rancher\rke2\agent\containerd'|?{Test-Path -LiteralPath $_})
if(-not $r){throw 'not here: none of the places where containerd keeps its files is there'}
$e=@()
function M($k,$p,$i,[switch]$d){
$s=@{kind=$k;path=$p}
$n=@($i|?{$_}|sort LastWriteTime)
$s.count=$n.Count
if($n){$s.oldest=T $n[0].LastWriteTime;$s.newest=T $n[-1].LastWriteTime}
if(-not $d){$b=0;$n|%{$b+=$_.Length};$s.size=$b}
$s
}
$r|%{
$c="$_\io.containerd.content.v1.content\blobs\sha256"
$n="$_\io.containerd.snapshotter.v1.windows\snapshots"
M 'content' $c (Get-ChildItem $c -File -Force -ea SilentlyContinue -ev x)
M 'snapshots' $n (Get-ChildItem $n -Directory -Force -ea SilentlyContinue -ev y) -d
M 'scratch disks' $n (Get-ChildItem "$n\*\sandbox.vhdx" -File -Force -ea SilentlyContinue -ev z)
$e+=@($x)+@($y)+@($z)
}|O
if($e){N "Not everything could be read: $($e[0])"}
