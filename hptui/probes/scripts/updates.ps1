# title: Updates
# about: Installed updates as Windows' component servicing knows them; those of Defender and of Office are not among them.
# group: Machine
# source: https://learn.microsoft.com/en-us/windows/win32/cimwin32prov/win32-quickfixengineering
# key: update
# sort: -installed
# column: update text Update
# column: kind text Kind
# column: installed text Installed on
# column: by text By
# column: link text More
# The date is a text: month/day/year as a rule, which a cast reads the same in every culture, or a FILETIME in hexadecimal.
Get-CimInstance Win32_QuickFixEngineering|%{
$d="$($_.InstalledOn)"
try{$d=$(if($d -match '^[0-9a-f]{16}$'){[datetime]::FromFileTimeUtc([long]"0x$d")}elseif($d){[datetime]$d}).ToString('yyyy-MM-dd')}catch{}
@{update=$_.HotFixID;kind=$_.Description;installed=$d;by=$_.InstalledBy;link=$_.Caption}
}|O
