# title: Updates
# about: Installed updates as Windows' component servicing knows them; those of Defender and of Office are not among them.
# group: Machine
# source: https://learn.microsoft.com/en-us/windows/win32/cimwin32prov/win32-quickfixengineering
# source: https://github.com/PowerShell/PowerShell/blob/master/src/System.Management.Automation/engine/TypeTable_Types_Ps1Xml.cs
# unsure: in which order a node writes day and month: the page's example is 23-10-2013, others are month/day/year; what can't be read stays as it is
# key: update
# sort: -installed
# column: update text Update
# column: kind text Kind
# column: installed text Installed on
# column: by text By
# column: link text More
# The date is a text: month/day/year as a rule, which a cast reads the same in every culture, or a FILETIME in hexadecimal. PowerShell
# puts a date of its own over it, which is empty where it couldn't read the text. Stored in two places, an update may come twice.
Get-CimInstance Win32_QuickFixEngineering|group HotFixID|%{$_.Group[0]}|%{
$d="$($_.InstalledOn)"
if(-not $d){try{$d="$($_.CimInstanceProperties['InstalledOn'].Value)"}catch{}}
try{$d=$(if($d -match '^[0-9a-f]{16}$'){[datetime]::FromFileTimeUtc([long]"0x$d")}elseif($d){[datetime]$d}).ToString('yyyy-MM-dd')}catch{}
@{update=$_.HotFixID;kind=$_.Description;installed=$d;by=$_.InstalledBy;link=$_.Caption}
}|O
