"""Which programs there are: importing their modules registers them."""

from __future__ import annotations


def install() -> None:
    """Register every program of the simulated host."""
    from hptui.demo.host.programs import (  # noqa: F401
        administration,
        cmd,
        computer,
        containers,
        filters,
        network,
        ping,
        powershell,
        process_lists,
        whoami,
    )
