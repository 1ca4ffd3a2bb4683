#hptui probe PROBE NONCE stdin
# Runs a script that is too long for the command line: one line of base64 on stdin, then the nonce. Dot-sourced, because
# the harness counts in the script's own scope. In constrained language mode none of these types is in reach, and that is said.
try{
$s='';while(($l=[Console]::In.ReadLine()) -and $l -ne 'NONCE'){$s+=$l}
$b=[scriptblock]::Create([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($s)))
}catch{
ConvertTo-Json @{hptui='error';nonce='NONCE';message="$_";type=$_.FullyQualifiedErrorId} -Compress
ConvertTo-Json @{hptui='end';nonce='NONCE';code=1;records=0} -Compress
exit 1
}
. $b
