# title: A file's text
# about: The first or last lines of a text file, whatever encoding Windows gave it, with each line's place, so that asking again shows
# about: what came.
# group: Files
# source: https://learn.microsoft.com/en-us/dotnet/api/system.text.encoding.default?view=netframework-4.8
# source: https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.core/about/about_character_encoding?view=powershell-5.1
# parameter: path text "C:\Windows\System32\drivers\etc\hosts" File
# parameter: end text "tail" Which end: head or tail
# parameter: lines number 200 Lines
# key: at
# sort: at
# column: at number Place in the file
# column: text text Line
# A byte order mark decides; without one, zeros in every second byte mean UTF-16, what isn't UTF-8 is the machine's ANSI code page.
if($path -match '(^|::)\s*[\\/]{2,}([.?][\\/]|[^\\/]+[\\/](pipe|ipc\$))'){throw 'Pipes and devices are not files.'}
if(-not (Test-Path -LiteralPath $path -PathType Leaf)){throw "There is no file $path."}
$s=New-Object IO.FileStream($path,'Open','Read','ReadWrite,Delete')
try{
$h=New-Object byte[] 4096
$k=$s.Read($h,0,4096)
$e=$u=0
for($i=0;$i -lt $k;$i++){if(-not $h[$i]){if($i%2){$u++}else{$e++}}}
$g=0
$x='UTF-8'
if($k -gt 2 -and $h[0] -eq 239 -and $h[1] -eq 187 -and $h[2] -eq 191){$g=3}
elseif($k -gt 1 -and $h[0] -eq 255 -and $h[1] -eq 254){$x='UTF-16LE';$g=2}
elseif($k -gt 1 -and $h[0] -eq 254 -and $h[1] -eq 255){$x='UTF-16BE';$g=2}
elseif($u*3 -gt $k -and $e*8 -lt $k){$x='UTF-16LE'}
elseif($e*3 -gt $k -and $u*8 -lt $k){$x='UTF-16BE'}
elseif($e+$u){throw "not here: $path is no text, it holds zero bytes"}
$w=$(if($x -like 'UTF-16*'){2}else{1})
$n=[int][Math]::Min($s.Length-$g,[Math]::Max(65536,400*$w*$lines))
$n-=$n%$w
$o=[long]$g
if($end -ne 'head'){$o=$s.Length-$n;$o+=($o-$g)%$w}
$null=$s.Seek($o,'Begin')
$b=New-Object byte[] $n
$n=$s.Read($b,0,$n)
N "$x, $($s.Length) bytes, last written $(T (Get-Item -LiteralPath $path -Force).LastWriteTime)"
}finally{$s.Close()}
$d=[Text.Encoding]::GetEncoding($(if($x -eq 'UTF-16LE'){1200}elseif($x -eq 'UTF-16BE'){1201}else{28591}))
$t=$d.GetString($b,0,$n)
$i=0
if($end -ne 'head' -and $o -gt $g){$i=$t.IndexOf([char]10)+1}
if($w -eq 1){
$m=$n
while($m -gt $i -and $n-$m -lt 4 -and $b[$m-1] -ge 128){$m--}
try{$null=(New-Object Text.UTF8Encoding($false,$true)).GetCharCount($b,$i,$m-$i);$d=[Text.Encoding]::UTF8}
catch{$d=[Text.Encoding]::Default;N "It is not UTF-8: shown by the machine's code page $($d.CodePage)."}
}
$q=New-Object Collections.Generic.List[object]
while($i -lt $t.Length -and ($end -ne 'head' -or $q.Count -lt $lines)){
$j=$t.IndexOf([char]10,$i)
if($j -lt 0){$j=$t.Length}
$q.Add(@{at=$o+$w*$i;text=$d.GetString($b,$w*$i,[Math]::Min($w*($j-$i),$n-$w*$i)).TrimEnd("`r")})
$i=$j+1
}
$q|select -Last $lines|O
