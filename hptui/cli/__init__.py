"""The command line. `run` is its only door: arguments in, exit code out.

Nothing here is imported before it is needed: `hptui` alone must paint its screen before anything else is read.
Exit codes: 0, 1 for an error, 2 for a wrong use, 130 after Ctrl+C; `hptui exec` gives the command's own.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import PurePath

log = logging.getLogger(__name__)

ERROR, USAGE, INTERRUPTED = 1, 2, 130


def run(argv: Sequence[str]) -> int:
    """`argv` as in sys.argv, the program's name first."""
    _open_standard_streams()
    code = _run(argv)
    log.info("hptui ends with exit code %d", code)
    return code


def _run(argv: Sequence[str]) -> int:
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
    except OSError as error:  # of the network none comes up to here
        from hptui.cli.output import let_go_of_stdout, tell

        let_go_of_stdout()
        tell(f"hptui: The output cannot be written: {error.strerror or error}")
        return ERROR
    except Exception as bug:  # noqa: BLE001 - whatever else it is, a person reads it
        from hptui.cli.unforeseen import tell_unforeseen

        tell_unforeseen(bug)
        return ERROR


def _open_standard_streams() -> None:
    """What the caller has closed becomes the null device.

    Else the next socket would get its number, and a command's output would be written into a connection.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            try:
                os.fstat(number)
            except OSError:
                os.open(os.devnull, os.O_RDWR)  # gets the lowest free number, which is this one
            setattr(sys, name, open(number, mode, closefd=False))  # noqa: SIM115 - it stays open to the end


def program_name(called: str) -> str:
    """As the person called it: kubectl runs kubectl-hptui for `kubectl hptui`, python -m runs __main__.py."""
    name = PurePath(called).name.removesuffix(".exe")
    if name in {"kubectl-hptui", "kubectl_hptui"}:
        return "kubectl hptui"
    return "hptui" if name in {"__main__.py", "-m", ""} else name
