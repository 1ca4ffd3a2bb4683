"""hptui: a terminal UI for live Windows HostProcess sessions on Kubernetes."""

__version__ = "0.1.0"
