"""Windows Server releases by their build number, as far as the simulated nodes and their tests use them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WindowsBuild:
    product: str
    release: str  # ReleaseId or DisplayVersion
    number: int
    revision: int  # the update build revision

    @property
    def version(self) -> str:
        return f"10.0.{self.number}"

    @property
    def full_version(self) -> str:
        return f"10.0.{self.number}.{self.revision}"

    @property
    def powershell(self) -> str:
        return f"5.1.{self.number}.{self.revision}"

    @property
    def has_bind_filter(self) -> bool:
        """From Server 2022 on, containers see their mounts at the real paths."""
        return self.number >= 20348


_RELEASES = {
    17763: ("Windows Server 2019 Datacenter", "1809"),
    20348: ("Windows Server 2022 Datacenter", "21H2"),
    26100: ("Windows Server 2025 Datacenter", "24H2"),
}


def windows_build(text: str) -> WindowsBuild:
    """From "10.0.20348.2700". What can't be read counts as Server 2022."""
    parts = [int(part) if part.isdigit() else 0 for part in text.split(".")]
    number = parts[2] if len(parts) > 2 and parts[2] else 20348
    revision = parts[3] if len(parts) > 3 else 1
    nearest = max((known for known in _RELEASES if known <= number), default=17763)
    product, release = _RELEASES[nearest]
    return WindowsBuild(product, release, number, revision)
