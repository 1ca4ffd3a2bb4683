#hptui probe PROBE NONCE stdin
# Runs a script that is too long for the command line: one line of base64 on stdin, then the nonce. Dot-sourced, because
# the harness counts in the script's own scope.
$s='';while(($l=[Console]::In.ReadLine()) -and $l -ne 'NONCE'){$s+=$l}
. ([scriptblock]::Create([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($s))))
