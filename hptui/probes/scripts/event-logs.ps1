# title: Which event logs there are
# about: The event logs with anything in them, for the probe events.
# group: Events
# source: https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.diagnostics/get-winevent?view=powershell-5.1
# key: log
# then: events log=log
# sort: -written
# column: log text Log
# column: records number Records
# column: written time Last written
# column: size bytes Size
# column: most bytes Most
# column: mode text When full
# column: enabled flag Enabled
# Logs that this account may not open are left out, and counted.
Get-WinEvent -ListLog * -ea SilentlyContinue -ev e|?{$_.RecordCount}|%{@{log=$_.LogName;records=$_.RecordCount;written=T $_.LastWriteTime;size=$_.FileSize;most=$_.MaximumSizeInBytes;mode=[string]$_.LogMode;enabled=$_.IsEnabled}}|O
if($e){N "$($e.Count) logs could not be opened: $($e[0])"}
