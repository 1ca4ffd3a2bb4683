# hptui first process 1
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$user = 'could not tell'
$sid = 'could not tell'
$admin = 'could not tell, because the token was not read'
try {
    $identity = [Security.Principal.WindowsIdentity]::GetCurrent()
    $user = $identity.Name
    $sid = $identity.User.Value
    $groups = @($identity.Groups | ForEach-Object { $_.Value })
    if ($groups.Count -eq 0) {
        $admin = 'could not tell, because the token shows no groups'
    } elseif ($groups -contains 'S-1-5-32-544') {
        $admin = 'yes, S-1-5-32-544 is an enabled group of its token'
    } else {
        $admin = 'no, S-1-5-32-544 is not an enabled group of its token'
    }
} catch {
    $admin = 'could not tell, because ' + ("$_" -replace '\s+', ' ')
    try { $user = "$(whoami.exe)" } catch { }
}
$build = 'could not tell'
try {
    $windows = Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
    $build = '10.0.' + $windows.CurrentBuildNumber + '.' + $windows.UBR + ' ' + $windows.ProductName
} catch { }
$now = 'could not tell'
try { $now = (Get-Date).ToUniversalTime().ToString('s') + 'Z' } catch { }
Write-Output 'hptui first process 1'
Write-Output "user: $user"
Write-Output "SID: $sid"
Write-Output "administrator: $admin"
Write-Output "machine: $env:COMPUTERNAME"
Write-Output "windows: $build"
Write-Output "powershell: $($PSVersionTable.PSVersion)"
Write-Output "time: $now"
$limit = 0
try { $limit = [int]$env:HPTUI_DEADLINE_SECONDS } catch { }
$up = 0
while ($limit -le 0 -or $up -lt $limit) {
    try { Start-Sleep -Seconds 30 } catch { $null = ping.exe -n 31 127.0.0.1 }
    $up = $up + 30
    try { Write-Output "$((Get-Date).ToUniversalTime().ToString('s'))Z alive, $up s" } catch { }
}
Write-Output 'the deadline has passed'
