# title: Defender's exclusions
# about: What Defender does not look at. Containers start slowly on a node where it looks at their layers.
# group: Machine
# source: https://learn.microsoft.com/en-us/powershell/module/defender/get-mppreference
# source: https://learn.microsoft.com/en-us/powershell/module/defender/set-mppreference
# source: https://learn.microsoft.com/en-us/defender-endpoint/configure-server-exclusions-microsoft-defender-antivirus
# unsure: whether the sentence that others than administrators get instead of the lists begins with N/A in every language
# key: kind value
# column: kind text Kind
# column: value text Excluded
# Where an account may not see them, one sentence that begins with N/A stands for a list, and not for each. A policy hides
# them from administrators too, so that Windows' own sentence says why. What server roles exclude is in no list.
if(-not (Get-Command Get-MpPreference -ea 0)){throw 'not here: this node has no Defender module; the feature Windows-Defender is not installed'}
try{$p=Get-MpPreference}catch{throw "not here: Defender does not answer: $_"}
$l='Path','Process','Extension','IpAddress'
$h=$l|%{$p."Exclusion$_"}|?{"$_" -like 'N/A*'}|select -First 1
if($h){throw "not here: Windows shows this account no exclusions: $h"}
$l|%{$k=$_;$p."Exclusion$k"|?{$_}|%{@{kind=$k;value="$_"}}}|O
if($p.DisableAutoExclusions){N 'The automatic exclusions of server roles are switched off.'}
