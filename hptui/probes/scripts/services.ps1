# title: Services
# about: Every service with its state, how it starts, as whom it runs and in which process.
# group: Processes and services
# source: https://learn.microsoft.com/en-us/windows/win32/cimwin32prov/win32-service
# key: name
# sort: name
# column: name text Service
# column: state text State
# column: mode text Start mode
# column: delayed flag Delayed
# column: account text Account
# column: pid number Process
# column: exit number Exit code
# column: own number The service's own code
# column: display text Display name
# column: path text Command line
# WMI's words for state and start mode are the same in every language. 1077 is "not started since the last boot".
Get-CimInstance Win32_Service|%{@{
name=$_.Name;state=$_.State;mode=$_.StartMode;delayed=$_.DelayedAutoStart;account=$_.StartName
pid=$(if($_.ProcessId){$_.ProcessId});exit=$_.ExitCode;own=$_.ServiceSpecificExitCode;display=$_.DisplayName;path=$_.PathName
}}|O
