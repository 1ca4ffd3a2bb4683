"""Windows builds and the names people know them by."""

from __future__ import annotations

import re

_NAMES = {
    14393: "2016",
    17763: "2019",
    18362: "1903",
    18363: "1909",
    19041: "2004",
    19042: "20H2",
    20348: "2022",
    25398: "23H2",
    26100: "2025",
}

_BUILD = re.compile(r"^\s*10\.0\.(\d{5})(?:\.|$|\s)")


def build_number(kernel_version: str) -> int | None:
    """20348 of "10.0.20348.2700"; None when it is not a Windows version."""
    found = _BUILD.match(kernel_version)
    return int(found.group(1)) if found else None


def windows_name(kernel_version: str) -> str:
    """The name, "2022" of "10.0.20348.2700"; "build 99999" for one that has no name here, "" when it is not a Windows version."""
    build = build_number(kernel_version)
    if build is None:
        return ""
    return _NAMES.get(build, f"build {build}")
