"""The command line. `run` is its only door: arguments in, exit code out.

Nothing here is imported before it is needed: `hptui` alone must paint its screen before anything else is read.
Exit codes: 0, 1 for an error, 2 for a wrong use, 130 after Ctrl+C; `hptui exec` gives the command's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

ERROR, USAGE, INTERRUPTED = 1, 2, 130


def run(argv: Sequence[str]) -> int:
    """`argv` as in sys.argv, the program's name first."""
    import click

    from hptui.cli.commands import program
    from hptui.errors import HptuiError

    try:
        answer = program.main(list(argv[1:]), prog_name=program_name(argv[0]), standalone_mode=False)
        return answer if isinstance(answer, int) else 0
    except click.ClickException as error:
        from hptui.cli.output import tell_wrong_use

        tell_wrong_use(error)
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except HptuiError as error:
        from hptui.cli.output import tell_error
        from hptui.errors import UsageError

        tell_error(error)
        return USAGE if isinstance(error, UsageError) else ERROR


def program_name(called: str) -> str:
    """As the person called it: kubectl runs kubectl-hptui for `kubectl hptui`, python -m runs __main__.py."""
    name = PurePath(called).name.removesuffix(".exe")
    if name in {"kubectl-hptui", "kubectl_hptui"}:
        return "kubectl hptui"
    return "hptui" if name in {"__main__.py", "-m", ""} else name
