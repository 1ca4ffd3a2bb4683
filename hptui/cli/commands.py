"""The program and its commands. Without a command it is the screen; each command's code is imported when it is called."""

from __future__ import annotations

import importlib

import click

from hptui.cli.options import Connection, connection_options

_COMMANDS = {
    "collect": "Ask a node everything, and keep the answers in one file for a ticket.",
    "demo": "The screen on a simulated cluster; nothing in it is real.",
    "diagnostics": "Print what a report about hptui needs: versions, settings, doctor, log.",
    "doctor": "Look at everything that a session needs, and say what mends what is wrong.",
    "exec": "Run a command on a node's host, in a pod made for it.",
    "manifest": "Print the pod of a session as YAML, to read or to apply.",
    "nodes": "List the Windows nodes and whether they can run HostProcess.",
    "play": "Play a recording of a session.",
    "probe": "Ask a node one of the questions that hptui knows, and print the answer as a table.",
    "sessions": "List the sessions in the cluster: yours, or everybody's.",
    "settings": "Print the effective settings and where each comes from.",
    "sweep": "Delete sessions that were left behind, after saying which.",
    "version": "Print the versions of hptui and of what it stands on.",
}
_MODULES = {
    "collect": "hptui.cli.collect_command",
    "demo": "hptui.cli.demo_command",
    "diagnostics": "hptui.cli.diagnostics_command",
    "doctor": "hptui.cli.doctor_command",
    "exec": "hptui.cli.exec_command",
    "manifest": "hptui.cli.manifest_command",
    "nodes": "hptui.cli.nodes_command",
    "play": "hptui.cli.play_command",
    "probe": "hptui.cli.probe_command",
    "sessions": "hptui.cli.sessions_command",
    "settings": "hptui.cli.information",
    "sweep": "hptui.cli.sweep_command",
    "version": "hptui.cli.information",
}

EPILOG = """\b
Shell completion: eval "$(_HPTUI_COMPLETE=bash_source hptui)"
(or zsh_source, or fish_source piped to source).
"""


class LazyGroup(click.Group):
    """Lists its commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _MODULES:
            return None
        module = importlib.import_module(_MODULES[cmd_name])
        command = getattr(module, f"{cmd_name}_command")
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Names the nearest where there is no such command."""
        import difflib

        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in _COMMANDS:
            near = difflib.get_close_matches(name, _COMMANDS, n=1)
            raise click.UsageError(
                f"No such command {name!r}." + "".join(f" Do you mean {each}?" for each in near), ctx
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    name="hptui",
    cls=LazyGroup,
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@connection_options
@click.pass_context
def program(context: click.Context, connection: Connection) -> int:
    """Live Windows HostProcess sessions on Kubernetes.

    Without a command, the screen opens: the cluster's Windows nodes, and a PowerShell on any of them.
    """
    context.obj = connection
    if context.invoked_subcommand is not None:
        return 0
    return show_screen(connection)


def show_screen(connection: Connection) -> int:
    from hptui.cli.connecting import connector
    from hptui.cli.screen import run_screen

    loaded = connection.load_settings()
    return run_screen(connector(connection, loaded.settings), loaded, demo=False)
