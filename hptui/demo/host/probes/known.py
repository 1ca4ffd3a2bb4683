"""Which probes are answered: importing their modules registers them."""

from __future__ import annotations


def register() -> None:
    from hptui.demo.host.probes import (
        actions,  # noqa: F401
        admin,  # noqa: F401
        containers,  # noqa: F401
        events,  # noqa: F401
        files,  # noqa: F401
        machine,  # noqa: F401
        network,  # noqa: F401
        pipes,  # noqa: F401
        processes,  # noqa: F401
    )
