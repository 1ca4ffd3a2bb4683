"""The few registry keys that scripts ask a node for."""

from __future__ import annotations

from hptui.demo.host.machine import Machine
from hptui.demo.host.powershell.data.values import Value

_PREFIXES = ("registry::", "microsoft.powershell.core\\registry::")


def key_properties(machine: Machine, path: str) -> dict[str, Value] | None:
    """The values of a key by name; None when the key isn't there."""
    key = path.lower().rstrip("\\")
    for prefix in _PREFIXES:
        key = key.removeprefix(prefix)
    key = key.replace("hkey_local_machine", "hklm:").replace("hklm:\\", "").replace("hklm:", "")
    build = machine.build
    keys: dict[str, dict[str, Value]] = {
        "software\\microsoft\\windows nt\\currentversion": {
            "ProductName": build.product,
            "ReleaseId": build.release if build.number < 20000 else "2009",
            "DisplayVersion": build.release,
            "CurrentBuild": str(build.number),
            "CurrentBuildNumber": str(build.number),
            "UBR": build.revision,
            "EditionID": "ServerDatacenter",
            "InstallationType": "Server Core",
            "CurrentMajorVersionNumber": 10,
            "CurrentMinorVersionNumber": 0,
            "SystemRoot": "C:\\Windows",
            "PathName": "C:\\Windows",
            "ProductId": "00454-60000-00001-AA491",
            "InstallDate": int(machine.boot.timestamp()) - 10_368_000,
        },
        "system\\currentcontrolset\\control\\session manager": {
            "BootExecute": ["autocheck autochk *"],
            "GlobalFlag": 0,
        },
        "system\\currentcontrolset\\control\\computername\\computername": {"ComputerName": machine.name},
        "software\\microsoft\\windows\\currentversion\\component based servicing": {"Version": build.version},
    }
    if machine.upkeep.waits_for_restart:
        keys["software\\microsoft\\windows\\currentversion\\component based servicing\\rebootpending"] = {}
    return keys.get(key)
