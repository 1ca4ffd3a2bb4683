"""Real programs on a pty: their screens are those that tmux shows for the same bytes.

Each program is driven once, in a terminal of ours that answers what it asks; what it wrote is then given to tmux and to
each engine. Programs that are not installed are passed over.

Where tmux shows something else than vttest says must be seen, vttest is right, and the test says what tmux does instead:
of vttest's menus 1 and 3 that are the three tests at the end. Not run: menu 5 (a person presses keys), 7 (VT52, which
no Windows host speaks), 9 and 10 (reset; RIS and DECSTR are conformance cases), and
those of 11 that are about printers, status lines and windows.
"""

from __future__ import annotations

import contextlib
import os
import select
import shlex
import shutil
import struct
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest

from hptui.terminal.emulator import Emulator, engine_names
from tests.tmux import LIMIT, needs_tmux

COLUMNS, ROWS = 80, 24
WIDE = 132  # columns that vttest asks for


@dataclass(frozen=True)
class Play:
    """A program, and what is typed once a text is on its screen."""

    name: str
    command: list[str]
    steps: tuple[tuple[str, str], ...]
    shows: str  # at the end

    @property
    def program(self) -> str:
        return self.command[0]


TEXT = (
    "".join(f"{n:3} the quick brown fox {'jumps over ' * (n % 9)}\n" for n in range(1, 120))
    + "日本語 é 😀 end\n"
)
VIM = ["vim", "-u", "NONE", "-i", "NONE", "-n", "-N", "text.txt"]

PLAYS = [
    Play(
        "vim",
        VIM,
        (("1 the quick", ":set number\r"), ("  1   1 the", "25G"), (" 25  25 the", "ddp")),
        "25  26 the quick",
    ),
    Play("vim inserts", VIM, (("1 the quick", "Ohello\x1b"), ("hello", "yy5p")), "5 more lines"),
    Play(
        "vim splits", VIM, (("1 the quick", ":split\r"), ("text.txt", ":vsplit\r:set wrap!\r")), "set wrap!"
    ),
    Play(
        "less", ["less", "text.txt"], (("1 the quick", "/fox jumps over jumps\r"), ("jumps", "G")), "😀 end"
    ),
    Play("less goes back", ["less", "text.txt"], (("1 the quick", "G"), ("😀 end", "bb")), ":"),
    Play("git log", ["git", "log", "--graph", "--color=always", "--stat"], (("change 9", "  "),), ":"),
    Play(
        "python",
        [sys.executable, "-q", "-S"],
        ((">>>", "print('x' * 100)\r"), ("xxxx\n", "1/0\r")),
        "ZeroDivisionError",
    ),
    Play("nano", ["nano", "-I", "text.txt"], (("1 the quick", "hello\x0b"),), "Modified"),
    Play("mc", ["mc", "-d", "-k", "."], (("text.txt", "\x1b[B\x1b[B"),), "text.txt"),
    Play("htop", ["htop", "-d", "1"], (("Load average", "t"),), "F10"),
    Play(
        "tmux",
        ["tmux", "-L", "{socket}", "-f", "/dev/null", "new", "sh"],
        (("0:sh", "echo $((6*7))\r"),),
        "42",
    ),
    *(
        Play(f"vttest {title}", ["vttest", f"{ROWS}x{COLUMNS}.132"], tuple(steps), shows)
        for title, steps, shows in [
            ("cursor movements", [("Enter choice", "1\r")], "should be cleared"),
            ("screen features", [("Enter choice", "2\r")], "Push <RETURN>"),
            ("tab stops", [("Enter choice", "2\r"), ("Push <RETURN>", "\r")], "TAB setting"),
            (
                "light background",
                [
                    ("Enter choice", "2\r"),
                    ("Push <RETURN>", "\r"),
                    ("TAB setting", "\r"),
                    ("132 column", "\r"),
                ],
                "80 column mode, light",
            ),
            ("double-sized characters", [("Enter choice", "4\r")], "not a double-width line"),
            (
                "reports of status and place",
                [("Enter choice", "6\r"), ("Enter choice", "3\r")],
                "Push <RETURN>",
            ),
            ("insert and delete", [("Enter choice", "8\r")], "Push <RETURN>"),
            ("delete line", [("Enter choice", "8\r"), ("Push <RETURN>", "\r")], "nothing more. Push"),
            (
                "delete character",
                [("Enter choice", "8\r"), *[("Push <RETURN>", "\r")] * 3],
                "Delete Character",
            ),
            ("ISO 6429 movements", [("Enter choice", "11\r"), ("Enter choice", "5\r")], "Enter choice"),
        ]
    ),
]


def capture(play: Play, directory: Path) -> bytes:
    """What the program wrote until it showed what it should."""
    import fcntl  # not on every platform, as the other two
    import pty
    import termios

    leader, follower = pty.openpty()
    fcntl.ioctl(leader, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    socket = f"hptui-{uuid.uuid4().hex[:8]}"
    command = [word.replace("{socket}", socket) for word in play.command]
    environment = {
        **os.environ,
        "TERM": "xterm-256color",
        "LC_ALL": "C.UTF-8",
        "PS1": "$ ",
        "HOME": str(directory),
    }
    for name in ("TMUX", "LESS", "LESSOPEN", "GIT_PAGER", "PAGER", "COLUMNS", "LINES", "PYTHONSTARTUP"):
        environment.pop(name, None)
    # A session's first terminal that is opened becomes the one that controls it.
    opened = ["sh", "-c", 't=$1; shift; exec "$@" <>"$t" >&0 2>&1', "sh", os.ttyname(follower), *command]
    program = subprocess.Popen(opened, cwd=directory, env=environment, start_new_session=True)
    written = bytearray()
    emulator = Emulator(COLUMNS, ROWS, on_reply=lambda answer: _write(leader, answer))
    try:
        for shows, keys in (*play.steps, (play.shows, "")):
            end = time.monotonic() + LIMIT
            while shows not in (text := emulator.text(emulator.history)) or _ready(leader, 0.15):
                assert time.monotonic() < end, f"{play.name} never shows {shows!r}:\n{text}"
                if _ready(leader, 0.05):
                    data = os.read(leader, 65536)
                    written += data
                    emulator.feed(data)
                    if play.name == "htop" and shows in emulator.text(emulator.history):
                        break  # it never falls silent
            _write(leader, keys.encode())
    finally:
        program.kill()
        program.wait()
        os.close(leader)
        os.close(follower)
        emulator.close()
        if play.program == "tmux":
            subprocess.run(["tmux", "-L", socket, "kill-server"], check=False, capture_output=True)
    return bytes(written)


def _ready(file: int, wait: float) -> bool:
    return bool(select.select([file], [], [], wait)[0])


def _write(file: int, data: bytes) -> None:
    with contextlib.suppress(OSError):
        os.write(file, data)


def shown_by_tmux(data: bytes, directory: Path) -> list[str]:
    (directory / "bytes").write_bytes(data)
    (directory / "tmux.conf").write_text("set -g status off\nset -g allow-rename off\n")
    socket = f"hptui-{uuid.uuid4().hex[:8]}"
    tmux = ["tmux", "-L", socket, "-f", str(directory / "tmux.conf")]
    shell = f"stty raw -echo; cat bytes; tmux -L {shlex.quote(socket)} wait-for -S written; exec sleep 100"
    try:
        subprocess.run(
            [*tmux, "-u", "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), "sh", "-c", shell],
            check=True, cwd=directory, timeout=LIMIT, env={**os.environ, "LC_ALL": "C.UTF-8", "TMUX": ""},
        )  # fmt: skip
        subprocess.run([*tmux, "wait-for", "written"], check=True, timeout=LIMIT)
        end, last = time.monotonic() + LIMIT, ""
        while True:  # what was written last may not be on the screen yet
            shown = subprocess.run(
                [*tmux, "capture-pane", "-p"], check=True, capture_output=True, text=True, timeout=LIMIT
            ).stdout
            if shown == last and shown.strip():
                return [line.rstrip() for line in shown.split("\n")[:ROWS]]
            assert time.monotonic() < end
            last = shown
            select.select([], [], [], 0.05)
    finally:
        subprocess.run([*tmux, "kill-server"], check=False, capture_output=True, timeout=LIMIT)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a text and a git history."""
    directory = tmp_path_factory.mktemp("programs")
    (directory / "text.txt").write_text(TEXT)
    if shutil.which("git"):
        run = ["git", "-C", str(directory), "-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
        subprocess.run([*run, "init", "-q"], check=True, capture_output=True)
        for n in range(10):
            (directory / "file.txt").write_text(f"{n}\n" * n)
            subprocess.run([*run, "add", "file.txt"], check=True)
            subprocess.run([*run, "commit", "-q", "-m", f"change {n}"], check=True, capture_output=True)
    return directory


@needs_tmux
@pytest.mark.skipif(sys.platform == "win32", reason="no ptys of this kind")
@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.name)
def test_screens_are_those_of_tmux(play: Play, stage: Path, tmp_path: Path) -> None:
    if shutil.which(play.program) is None:
        pytest.skip(f"{play.program} is not installed")
    data = capture(play, stage)
    expected = shown_by_tmux(data, tmp_path)
    for engine in engine_names():
        emulator = Emulator(COLUMNS, ROWS, engine=engine)
        emulator.feed(data)
        lines = [line.text.rstrip() for line in emulator.lines(emulator.history, emulator.history + ROWS)]
        emulator.close()
        assert lines == expected, engine


VTTEST = ["vttest", f"{ROWS}x{COLUMNS}.{WIDE}"]
CHOICE, RETURN = "Enter choice", "Push <RETURN>"


def shown_by_engines(play: Play, directory: Path) -> list[list[str]]:
    """The screen that each engine shows."""
    data = capture(play, directory)
    screens = []
    for engine in engine_names():
        emulator = Emulator(COLUMNS, ROWS, engine=engine)
        emulator.feed(data)
        screens.append(
            [line.text.rstrip() for line in emulator.lines(emulator.history, emulator.history + ROWS)]
        )
        emulator.close()
    return screens


needs_vttest = pytest.mark.skipif(
    shutil.which("vttest") is None or sys.platform == "win32", reason="vttest is not installed"
)


@needs_vttest
def test_vttest_a_frame_of_132_columns(tmp_path: Path) -> None:
    """tmux stays at 80 columns, so that the frame is broken there."""
    steps = ((CHOICE, "1\r"), ("should be cleared", "\r"))
    for screen in shown_by_engines(Play("132 columns", VTTEST, steps, "should be cleared"), tmp_path):
        assert screen[0] == screen[-1] == "*" * WIDE
        assert screen[1] == screen[-2] == "*" + "+" * (WIDE - 2) + "*"
        assert all(row[:2] == "*+" and row[-2:] == "+*" and len(row) == WIDE for row in screen[2:-2])


@needs_vttest
def test_vttest_letters_at_the_margins_are_in_order(tmp_path: Path) -> None:
    """tmux wraps at a control character after the last column, so that letters stand a row below."""
    steps = ((CHOICE, "1\r"), ("should be cleared", "\r"), (RETURN, "\r"))
    for screen in shown_by_engines(Play("autowrap", VTTEST, steps, "letters in order"), tmp_path):
        letters = [f"{letter}{' ' * (COLUMNS - 2)}{letter.lower()}" for letter in "IJKLMNOPQRSTUVWXYZ"]
        assert screen[2:20] == letters


@needs_vttest
def test_vttest_character_sets(tmp_path: Path) -> None:
    """tmux has no British set, and writes out the letters behind line drawing."""
    steps = ((CHOICE, "3\r"), (CHOICE, "8\r"))
    for engine, screen in zip(
        engine_names(), shown_by_engines(Play("sets", VTTEST, steps, RETURN), tmp_path), strict=True
    ):
        sets = {
            row: screen[at + 1 : at + 4] for at, row in enumerate(screen) if row.startswith("Character set")
        }
        british, graphics = (
            sets[next(name for name in sets if which in name)] for which in ("British", "0 (DEC")
        )
        assert british[0].count("£") == 2
        assert "#" not in british[0]
        # bittty has blocks for the pictures of control characters, and for a zero.
        pictures = "◆▒␉␌␍␊°±␤␋" if engine == "ghostty" else "◆▒████°±██"
        assert graphics[2].split()[0] == pictures + "┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·"
