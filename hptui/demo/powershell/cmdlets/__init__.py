"""The commands of the simulated PowerShell, by topic. Importing this registers them."""

from hptui.demo.powershell.cmdlets import (  # noqa: F401
    console_output,
    files,
    filtering,
    json_text,
    language,
    node,
    services,
    shaping,
)
