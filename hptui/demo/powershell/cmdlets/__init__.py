"""The commands of the simulated PowerShell, by topic. Importing this registers them."""

from hptui.demo.powershell.cmdlets import (
    console_output,
    files,
    filtering,
    json_text,
    language,
    node,
    services,
    shaping,
)

__all__ = ["console_output", "files", "filtering", "json_text", "language", "node", "services", "shaping"]
