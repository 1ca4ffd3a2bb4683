# title: Disks
# about: Every volume of the node, also those without a drive letter, with its size and what is free.
# group: Machine
# source: https://learn.microsoft.com/en-us/previous-versions/windows/desktop/legacy/aa394515(v=vs.85)
# unsure: BootVolume and PageFilePresent, which Windows has and the page leaves out
# key: id
# sort: volume
# column: volume text Volume
# column: label text Label
# column: system text File system
# column: size bytes Size
# column: free bytes Free
# column: left percent Free
# column: block bytes Allocation unit
# column: boot flag Windows is on it
# column: paging flag Page file on it
# column: dirty flag Wants a check
# column: kind text Kind
# column: id text Device
$k='unknown','no root','removable','fixed','network','optical','RAM disk'
Get-CimInstance Win32_Volume|%{@{
volume=$(if($_.DriveLetter){$_.DriveLetter}elseif($_.Name -ne $_.DeviceID){$_.Name});label=$_.Label;system=$_.FileSystem;size=$_.Capacity;free=$_.FreeSpace
left=$(if($_.Capacity){[int](100*$_.FreeSpace/$_.Capacity)});block=$_.BlockSize;boot=$_.BootVolume;paging=$_.PageFilePresent;dirty=$_.DirtyBitSet
kind=$k[[int]$_.DriveType];id=$_.DeviceID
}}|O
