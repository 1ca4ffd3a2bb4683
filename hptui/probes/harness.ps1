#hptui probe PROBE NONCE
# What stands around every probe (harness.py); the first line names the probe in the event log, and for the simulated cluster.
$ErrorActionPreference='Stop';$ProgressPreference=$WarningPreference='SilentlyContinue'
# ConvertTo-Json of 5.1 would write an array as an object with value and Count.
Remove-TypeData System.Array -ea 0
$hpn=$hpx=0
function J($v){
$j=ConvertTo-Json $v -Compress -Depth 5
try{[regex]::Replace($j,'[^ -~]',{'\u{0:x4}'-f[int][char]$args[0].Value})}catch{$j}
}
function O{process{$script:hpn++;J $_}}
function N($t){J @{hptui='note';nonce='NONCE';text="$t"}}
# With an explicit null: 5.1 would write the absence of any output as an empty object.
function T($d){if($d){([datetime]$d).ToUniversalTime().ToString('o')}else{$null}}
$hpu=try{[Security.Principal.WindowsIdentity]::GetCurrent().Name}catch{C:\Windows\System32\whoami.exe}
J @{hptui='start';nonce='NONCE';user=$hpu;machine=$env:COMPUTERNAME;version="$($PSVersionTable.PSVersion)";mode="$($ExecutionContext.SessionState.LanguageMode)";pid=$PID;time=T (Get-Date)}
PARAMETERS
try{
BODY
}catch{$hpx=1;J @{hptui='error';nonce='NONCE';message="$_";type=$_.FullyQualifiedErrorId;line=$_.InvocationInfo.ScriptLineNumber}}
J @{hptui='end';nonce='NONCE';code=$hpx;records=$hpn}
exit $hpx
