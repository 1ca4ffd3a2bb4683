"""What state a simulated node is in: disks, page files, updates, local users, what is installed and what isn't."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

Facts = tuple[dict[str, Any], ...]
"""Instances with the properties' names of WMI's classes."""


@dataclass(frozen=True, slots=True)
class Upkeep:
    disks: Facts
    page_files: Facts
    hotfixes: Facts
    users: Facts
    waits_for_restart: bool
    has_defender: bool
    has_crictl: bool
    defender_exclusions: tuple[tuple[str, str], ...]  # kind and value
    signatures_at: datetime


def make_upkeep(
    random: Random,
    node: str,
    machine: str,
    sid: str,
    build: int,
    memory: int,
    boot: datetime,
    shims: list[str],
) -> Upkeep:
    return Upkeep(
        disks=_disks(sid),
        page_files=_page_files(memory),
        hotfixes=_hotfixes(machine, build, boot),
        users=_users(node, machine, sid, shims),
        # Some nodes have an update that waits for its restart.
        waits_for_restart=node.endswith(("1", "3", "5")),
        has_defender=not node.endswith(("2", "7")),
        has_crictl=not node.endswith(("3", "8")),
        defender_exclusions=_exclusions(random),
        signatures_at=boot + timedelta(hours=random.randint(1, 20)),
    )


def _disks(sid: str) -> Facts:
    size = 136_912_564_224
    free = size // 3 + int(sid[-6:].replace("-", "0")) * 1000
    return (
        {
            "DeviceID": "C:", "DriveType": 3, "ProviderName": None, "VolumeName": "Windows",
            "Size": size, "FreeSpace": free, "FileSystem": "NTFS",
        },
        {
            "DeviceID": "D:", "DriveType": 3, "ProviderName": None, "VolumeName": "Temporary Storage",
            "Size": 32_210_153_472,
            "FreeSpace": 28_900_000_000, "FileSystem": "NTFS",
        },
    )  # fmt: skip


def _page_files(memory: int) -> Facts:
    megabytes = memory // 2**20 // 4
    return (
        {
            "Name": "D:\\pagefile.sys",
            "AllocatedBaseSize": megabytes,
            "CurrentUsage": megabytes // 12,
            "PeakUsage": megabytes // 7,
        },
    )


def _hotfixes(machine: str, build: int, boot: datetime) -> Facts:
    return tuple(
        {
            "Source": machine, "Description": kind, "HotFixID": f"KB{number + build % 97}",
            "InstalledBy": "NT AUTHORITY\\SYSTEM", "InstalledOn": f"{boot.month}/{boot.day}/{boot.year}",
            "Caption": f"http://support.microsoft.com/?kbid={number + build % 97}",
        }
        for number, kind in ((5044281, "Security Update"), (5043050, "Update"), (5042352, "Update"))
    )  # fmt: skip


def _users(node: str, machine: str, sid: str, shims: list[str]) -> Facts:
    names = ["azureuser", "DefaultAccount", "Guest", "WDAGUtilityAccount"]
    if node.endswith(("0", "2", "4")):
        # Left behind by a HostProcess container that ended badly.
        names.append(shims[0][:20])
    return tuple(
        {
            "Name": name,
            "SID": f"{sid}-{500 + place}",
            "LocalAccount": True,
            "Domain": machine,
            "Disabled": place in (1, 2),
        }
        for place, name in enumerate(names)
    )


def _exclusions(random: Random) -> tuple[tuple[str, str], ...]:
    """As AKS sets them, and on some nodes one that a program added."""
    kept = [
        ("Path", "C:\\ProgramData\\containerd"),
        ("Path", "C:\\k"),
        ("Process", "C:\\Program Files\\containerd\\containerd.exe"),
        ("Process", "C:\\k\\kubelet.exe"),
    ]
    if random.random() < 0.4:
        kept.append(("Extension", ".vhdx"))
    return tuple(kept)
