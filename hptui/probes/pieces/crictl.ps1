# What crictl says of $what, as objects. What it warns of on stderr is no part of its JSON. An array, because a text that is splatted goes letter by letter.
function Crictl([string[]]$what){
$x=@((Get-Command crictl.exe -ea 0).Source,'C:\Program Files\containerd\crictl.exe','C:\ProgramData\containerd\bin\crictl.exe','C:\Program Files\Amazon\EKS\bin\crictl.exe','C:\Program Files\kubernetes\crictl.exe','C:\var\lib\rancher\rke2\bin\crictl.exe','C:\etc\kubernetes\node\bin\crictl.exe','C:\k\crictl.exe'|?{$_ -and (Test-Path -LiteralPath $_ -ea 0)})[0]
if(-not $x){throw 'not here: crictl.exe was not found in any of its known places'}
$o=@(&{$ErrorActionPreference='Continue';& $x --timeout 20s --runtime-endpoint npipe:////./pipe/containerd-containerd @what -o json 2>&1})
if($LASTEXITCODE){throw "crictl: $o"}
@($o|?{$_ -isnot [Management.Automation.ErrorRecord]}) -join "`n"|ConvertFrom-Json
}
