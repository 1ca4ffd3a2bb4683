"""The commands of the simulated PowerShell, by topic. Importing this registers them."""

from hptui.demo.host.powershell.cmdlets import (
    console_output,
    files,
    filtering,
    instrumentation,
    json_text,
    language,
    local_accounts,
    logs,
    networking,
    node,
    services,
    shaping,
)

__all__ = [
    "console_output",
    "files",
    "filtering",
    "instrumentation",
    "json_text",
    "language",
    "local_accounts",
    "logs",
    "networking",
    "node",
    "services",
    "shaping",
]
