# title: Memory and commit
# about: What memory there is, what is in use, and how near the commit is to its limit: at the limit allocations fail.
# group: Machine
# source: https://learn.microsoft.com/en-us/windows/win32/cimwin32prov/win32-operatingsystem
# source: https://learn.microsoft.com/en-us/windows/win32/memory/memory-performance-information
# unsure: whether LocalService and NetworkService may read the counters
# unsure: the names of the counters in Win32_PerfFormattedData_PerfOS_Memory, of which no page of Microsoft's was found
# key: name
# column: name text Machine
# column: total bytes Memory
# column: available bytes Available
# column: used percent In use
# column: limit bytes Commit limit
# column: committed bytes Committed
# column: commit percent Committed
# column: paged bytes Paged pool
# column: nonpaged bytes Nonpaged pool
# column: cache bytes File system cache
# column: modified bytes Modified pages
# The counters' names in WMI are the same in every language. Their class is for administrators and Performance Monitor Users.
# What there is without them of the commit is only near: for it the counters Commit Limit and Committed Bytes are meant.
$s=Get-CimInstance Win32_OperatingSystem
$m=$null
try{$m=Get-CimInstance Win32_PerfFormattedData_PerfOS_Memory;if(-not $m){throw 'there are none'}}catch{N "No performance counters: $_"}
$t=$s.TotalVisibleMemorySize
$v=$s.TotalVirtualMemorySize
$r=@{name=$s.CSName;total=1024*$t;available=1024*$s.FreePhysicalMemory;used=[int](100*($t-$s.FreePhysicalMemory)/$t)
limit=1024*$v;committed=1024*($v-$s.FreeVirtualMemory);commit=[int](100*($v-$s.FreeVirtualMemory)/$v)}
if($m.CommitLimit){$r.limit=$m.CommitLimit;$r.committed=$m.CommittedBytes;$r.commit=$m.PercentCommittedBytesInUse}
if($m){$r+=@{paged=$m.PoolPagedBytes;nonpaged=$m.PoolNonpagedBytes;cache=$m.CacheBytes;modified=$m.ModifiedPageListBytes}}
$r|O
