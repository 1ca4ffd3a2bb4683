# title: DNS
# about: Which name servers and suffixes each interface uses, and how long a name takes that every cluster knows.
# group: Network
# source: https://learn.microsoft.com/en-us/powershell/module/dnsclient/get-dnsclient
# source: https://learn.microsoft.com/en-us/powershell/module/dnsclient/get-dnsclientserveraddress
# source: https://learn.microsoft.com/en-us/powershell/module/dnsclient/get-dnsclientglobalsetting
# source: https://learn.microsoft.com/en-us/powershell/module/dnsclient/resolve-dnsname
# parameter: name text "kubernetes.default.svc.cluster.local" Name to ask for
# key: kind interface family
# column: kind text What
# column: interface text Interface
# column: family text Family
# column: servers list Name servers
# column: suffixes list Suffixes
# column: asked text Asked for
# column: answers list Answers
# column: took seconds Took
# column: problem text Problem
# Cluster names are known to the cluster's name server, which a node as a rule doesn't ask: no answer is no fault then.
$s=@{}
Get-DnsClient|%{$s[[int]$_.InterfaceIndex]=$_.ConnectionSpecificSuffix}
Get-DnsClientServerAddress|?{$_.ServerAddresses}|%{@{
kind='interface';interface=$_.InterfaceAlias;family=$(if("$($_.AddressFamily)" -match '^(2|IPv4)$'){'IPv4'}else{'IPv6'});servers=@($_.ServerAddresses|%{"$_"});suffixes=@($s[[int]$_.InterfaceIndex]|?{$_})
}}|O
@{kind='for all';suffixes=@((Get-DnsClientGlobalSetting).SuffixSearchList|?{$_}|%{"$_"})}|O
$b=Get-Date
$r=@{kind='question';asked=$name}
try{$r.answers=@(Resolve-DnsName -Name $name -DnsOnly -QuickTimeout|%{if($_.IPAddress){$_.IPAddress}elseif($_.NameHost){$_.NameHost}})}catch{$r.problem="$_"}
$r.took=((Get-Date)-$b).TotalSeconds
$r|O
