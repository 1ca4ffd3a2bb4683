# title: Defender's exclusions
# about: What Defender does not look at. Containers start slowly on a node where it looks at their layers.
# group: Machine
# source: https://learn.microsoft.com/en-us/powershell/module/defender/get-mppreference
# source: https://learn.microsoft.com/en-us/defender-endpoint/configure-server-exclusions-microsoft-defender-antivirus
# unsure: the words that others than administrators get instead of the lists
# key: kind value
# column: kind text Kind
# column: value text Excluded
# To others than administrators the lists hold one sentence that begins with N/A.
if(-not (Get-Command Get-MpPreference -ea 0)){throw 'not here: this node has no Defender module; the feature Windows-Defender is not installed'}
try{$p=Get-MpPreference}catch{throw "not here: Defender does not answer: $_"}
if("$($p.ExclusionPath)" -like 'N/A*'){throw 'not here: only administrators may see the exclusions'}
'Path','Process','Extension','IpAddress'|%{$k=$_;$p."Exclusion$k"|?{$_}|%{@{kind=$k;value="$_"}}}|O
if($p.DisableAutoExclusions){N 'The automatic exclusions of server roles are switched off.'}
