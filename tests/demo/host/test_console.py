"""PowerShell on a tty: ConPTY's start, the prompt and its editing, colours, Ctrl+C, resizing. Seen on a terminal's screen."""

from __future__ import annotations

from functools import partial
from random import Random

import pytest

from tests.demo.host.host_io import LOCAL_SERVICE, Session, TerminalIO, request

PROMPT = "PS C:\\hpc>"
DA1 = b"\x1b[?61;6;7;21;22;23;24;28;32;42c"


async def ran(terminal: TerminalIO, text: str) -> None:
    """Type a line and wait for the next prompt."""
    terminal.type(f"{text}\r")
    await terminal.until(lambda: terminal.last == PROMPT and any(text in row for row in terminal.lines))


def at_prompt(terminal: TerminalIO, text: str) -> bool:
    return terminal.last.rstrip() == f"{PROMPT} {text}".rstrip()


async def test_conpty_starts_with_its_questions_and_then_clears_the_screen() -> None:
    async with Session() as session:
        terminal = session.terminal
        await terminal.prompt()
        start = (
            b"\x1b[1t\x1b[c\x1b[?1004h\x1b[?9001h\x1b[?25l\x1b[2J\x1b[m\x1b[H"
            b"\x1b]0;Administrator: C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe\x07\x1b[?25h"
        )
        assert bytes(terminal.raw).startswith(start)


async def test_nothing_is_shown_before_the_terminal_said_what_it_is() -> None:
    async with Session(answers=False) as session:
        terminal = session.terminal
        await terminal.until(lambda: b"\x1b[c" in terminal.raw)
        assert b"\x1b[2J" not in terminal.raw
        terminal.type(DA1)
        await terminal.prompt()


async def test_without_an_answer_it_goes_on_by_itself() -> None:
    async with Session(answers=False) as session:
        await session.terminal.prompt()


async def test_it_says_that_it_is_a_simulation_and_who_has_no_rights_gets_no_administrator_title() -> None:
    async with Session(request(["powershell.exe"], LOCAL_SERVICE, tty=True)) as session:
        terminal = session.terminal
        await terminal.prompt()
        assert terminal.lines[0] == "Windows PowerShell"
        assert "This is a simulation that ships with hptui" in "\n".join(terminal.lines)
        assert terminal.screen.title == "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"
    async with Session() as session:
        await session.terminal.prompt()
        assert "simulated PowerShell" in session.terminal.lines[0]


async def test_a_command_its_output_and_the_exit_code() -> None:
    async with Session() as session:
        terminal = session.terminal
        await terminal.prompt()
        await ran(terminal, "whoami")
        assert terminal.lines[-3:] == [f"{PROMPT} whoami", "nt authority\\system", PROMPT]
        terminal.type("exit 7\r")
        assert await session.code() == 7


async def test_editing_keys() -> None:
    async with Session() as session:
        terminal = session.terminal
        await terminal.prompt()
        for typed, shown in [
            ("echo one", "echo one"),
            ("\x1b[D\x1b[D\x7f", "echo ne"),
            ("\x1b[H'\x1b[F'", "'echo ne'"),
            ("\x1b[1;5D\x1b[3~", "'echo e'"),
            ("\x1b[1;5Düx世 ", "'üx世 echo e'"),
            ("\x15", ""),
            ("two\x1b[D\x1b[D", "two"),
        ]:
            terminal.type(typed)
            await terminal.until(partial(at_prompt, terminal, shown))
        assert terminal.screen.cursor.x == len(f"{PROMPT} t")


async def test_psreadline_s_keys_for_words_and_history() -> None:
    async with Session() as session:
        terminal = session.terminal
        await terminal.prompt()
        await ran(terminal, "echo first C:\\one")
        await ran(terminal, "hostname")
        for typed, shown in (
            ("ec\x1b[19~", "echo first C:\\one"),  # F8
            ("\x1b[H\x1bd", "first C:\\one"),  # Home, Alt+D
            ("\x1b[F\x08", "first C:\\"),  # End, Ctrl+Backspace
            ("\x1b[1;5H", ""),  # Ctrl+Home
        ):
            terminal.type(typed)
            await terminal.until(partial(at_prompt, terminal, shown))
        terminal.type("x \x1b.")
        await terminal.until(lambda: at_prompt(terminal, "x hostname"))


async def test_ctrl_c_at_the_prompt_drops_the_line() -> None:
    async with Session() as session:
        terminal = session.terminal
        await terminal.prompt()
        terminal.type("never run\x03")
        await terminal.until(lambda: terminal.lines[-2:] == [f"{PROMPT} never run^C", PROMPT])


async def test_history_search_and_completion() -> None:
    async with Session() as session:
        terminal = session.terminal
        await terminal.prompt()
        await ran(terminal, "echo first")
        await ran(terminal, "hostname")
        terminal.type("\x1b[A\x1b[A")
        await terminal.until(lambda: terminal.last == f"{PROMPT} echo first")
        terminal.type("\x1b[B")
        await terminal.until(lambda: terminal.last == f"{PROMPT} hostname")
        terminal.type("\x15\x12fir")
        await terminal.until(lambda: terminal.last.startswith(f"{PROMPT} echo first   bck-i-search: fir_"))
        terminal.type("\r")
        await terminal.until(lambda: terminal.lines[-2:] == ["first", PROMPT])
        terminal.type("get-serv\t -na\t")
        await terminal.until(lambda: terminal.last == f"{PROMPT} Get-Service -Name")
        terminal.type("\x15cd C:\\wind\t")
        await terminal.until(lambda: terminal.last == f"{PROMPT} cd C:\\Windows")
        terminal.type("\r")
        await terminal.prompt("PS C:\\Windows>")


async def test_what_is_typed_is_coloured_and_errors_are_red() -> None:
    async with Session() as session:
        terminal = session.terminal
        await terminal.prompt()
        terminal.type("nosuch 'x'")
        await terminal.until(lambda: terminal.last == f"{PROMPT} nosuch 'x'")
        row = terminal.screen.buffer[terminal.screen.cursor.y]
        start = len(PROMPT) + 1
        assert (row[start].fg, row[start + 8].fg) == ("brightbrown", "cyan")
        terminal.type("\r")
        await terminal.prompt()
        place = next(n for n, text in enumerate(terminal.lines) if text.startswith("nosuch : The term"))
        assert terminal.screen.buffer[place][0].fg == "brightred"
        assert terminal.screen.buffer[terminal.screen.cursor.y][0].fg == "default"


@pytest.mark.parametrize(
    "command", ["while (1) { 'flood' }", "Start-Sleep 600", "ping -t localhost", "cmd /c ping -t 127.0.0.1"]
)
async def test_ctrl_c_stops_a_running_command(command: str) -> None:
    async with Session() as session:
        terminal = session.terminal
        await terminal.prompt()
        terminal.type(f"{command}\r")
        if "Sleep" not in command:
            await terminal.until(lambda: "flood" in terminal.last or "Reply" in terminal.last)
        terminal.type("\x03")
        await terminal.until(lambda: terminal.last == PROMPT and terminal.lines[-2].endswith("^C"))
        length = len(terminal.raw)
        await ran(terminal, "'on'")
        assert b"flood" not in terminal.raw[length:]


@pytest.mark.parametrize(
    "argv", [["ping", "-t", "localhost"], ["powershell", "-Command", "while (1) { 'Reply' }"]]
)
async def test_ctrl_c_ends_a_program_that_has_the_tty_to_itself(argv: list[str]) -> None:
    async with Session(request(argv, tty=True)) as session:
        await session.terminal.until(lambda: "Reply" in session.terminal.last)
        session.terminal.type("\x03")
        assert await session.code() == 0xC000013A


async def test_ctrl_c_typed_again_and_again_never_ends_the_shell() -> None:
    async with Session() as session:
        terminal = session.terminal
        await terminal.prompt()
        for _ in range(20):
            terminal.type("while (1) { 'flood' }\r")
            terminal.type("\x03\x03\x03")
        await ran(terminal, "'still here'")


async def test_win32_input_sequences_are_keys() -> None:
    async with Session() as session:
        terminal = session.terminal
        await terminal.prompt()
        for virtual, char in ((69, "e"), (88, "x"), (73, "i"), (84, "t"), (32, " "), (52, "4")):
            terminal.type(f"\x1b[{virtual};0;{ord(char)};1;0;1_\x1b[{virtual};0;{ord(char)};0;0;1_")
        terminal.type("\x1b[8;14;8;1;0;1_\x1b[57;0;57;1;0;1_")
        await terminal.until(lambda: terminal.last == f"{PROMPT} exit 9")
        terminal.type("\x1b[13;28;13;1;0;1_\x1b[13;28;13;0;0;1_")
        assert await session.code() == 9


async def test_bracketed_paste_of_several_lines_runs_them() -> None:
    async with Session() as session:
        terminal = session.terminal
        await terminal.prompt()
        terminal.type("\x1b[200~if (1) {\r'in the paste'\r}\x1b[201~\r")
        await terminal.until(lambda: terminal.lines[-2:] == ["in the paste", PROMPT])
        assert ">> 'in the paste'" in terminal.lines


async def test_a_resize_paints_the_screen_again_at_the_new_width() -> None:
    async with Session() as session:
        terminal = session.terminal
        await terminal.prompt()
        await ran(terminal, "'a' * 70")
        terminal.type("echo " + "b" * 60)
        await terminal.until(lambda: terminal.last.endswith("b" * 60))
        before = len(terminal.raw)
        terminal.resize(60, 20)
        await terminal.until(lambda: terminal.lines[-2:] == [f"{PROMPT} echo {'b' * 44}", "b" * 16])
        assert b"\x1b[H" in terminal.raw[before:]
        terminal.type("\x1b[Hc")
        await terminal.until(lambda: terminal.lines[-2:] == [f"{PROMPT} cecho {'b' * 43}", "b" * 17])
        terminal.type("\x15(Get-Host).UI.RawUI.WindowSize.Width\r")
        await terminal.until(lambda: terminal.lines[-2:] == ["60", PROMPT])
        length = len(terminal.raw)
        terminal.resize(60, 20)
        await ran(terminal, "'same size'")
        assert b"\x1b[H" not in terminal.raw[length:]


async def test_a_long_line_at_the_bottom_scrolls_the_screen() -> None:
    async with Session(request(["powershell.exe", "-NoLogo"], tty=True, size=(40, 8))) as session:
        terminal = session.terminal
        await terminal.prompt()
        terminal.type("1..9\r")
        await terminal.until(lambda: terminal.lines[-2:] == ["9", PROMPT])
        terminal.type("'" + "w" * 70)
        await terminal.until(lambda: terminal.lines[-3:] == [f"{PROMPT} '{'w' * 28}", "w" * 40, "ww"])
        terminal.type("\x15'x'\r")
        await terminal.until(lambda: terminal.lines[-2:] == ["x", PROMPT])


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_is_typed_the_screen_shows_the_line(seed: int) -> None:
    """Random editing on a small screen, against a plain model of the line and of wrapping."""
    random = Random(seed)
    columns, rows = random.choice(((30, 6), (41, 9), (80, 24)))
    async with Session(request(["powershell.exe", "-NoLogo"], tty=True, size=(columns, rows))) as session:
        terminal = session.terminal
        await terminal.prompt()
        text, cursor = "", 0
        for _ in range(60):
            key = random.choice(
                ("left", "right", "home", "end", "backspace", "delete", "type", "type", "type", "long")
            )
            if key in ("type", "long"):
                typed = "".join(random.choices("ab c$'世é", k=random.randint(12, 30) if key == "long" else 1))
                typed = typed if len(text) + len(typed) < columns * (rows - 2) // 2 else ""
                text, cursor = text[:cursor] + typed + text[cursor:], cursor + len(typed)
                if typed:
                    terminal.type(typed)
            else:
                terminal.type(KEYS[key])
                if key == "backspace" and cursor:
                    text, cursor = text[: cursor - 1] + text[cursor:], cursor - 1
                elif key == "delete":
                    text = text[:cursor] + text[cursor + 1 :]
                else:
                    moved = {"left": cursor - 1, "right": cursor + 1, "home": 0, "end": len(text)}.get(
                        key, cursor
                    )
                    cursor = max(0, min(len(text), moved))
            expected, place = wrapped(f"{PROMPT} {text}", columns, len(PROMPT) + 1 + cursor)
            await terminal.until(partial(shows, terminal, expected, place))


KEYS = {
    "left": "\x1b[D", "right": "\x1b[C", "home": "\x1b[H", "end": "\x1b[F", "backspace": "\x7f", "delete": "\x1b[3~",
}  # fmt: skip


def wrapped(text: str, columns: int, cursor: int) -> tuple[list[str], tuple[int, int]]:
    """Rows of a text and the cursor's row and column among them."""
    rows, used, place = [""], 0, (0, 0)
    for index, char in enumerate(text):
        width = 2 if char == "世" else 1
        if used + width > columns:
            rows.append("")
            used = 0
        if index == cursor:
            place = (len(rows) - 1, used)
        rows[-1] += char
        used += width
    if cursor == len(text):
        place = (len(rows) - 1, used) if used < columns else (len(rows), 0)
    return rows, place


def shows(terminal: TerminalIO, expected: list[str], place: tuple[int, int]) -> bool:
    first = terminal.screen.cursor.y - place[0]
    if first < 0 or terminal.screen.cursor.x != place[1]:
        return False
    seen = [row.rstrip() for row in terminal.screen.display[first:]]
    while seen and not seen[-1]:
        seen.pop()
    wanted = [row.rstrip() for row in expected]
    while wanted and not wanted[-1]:
        wanted.pop()
    return seen == wanted


async def test_clearing_the_screen() -> None:
    async with Session() as session:
        terminal = session.terminal
        await terminal.prompt()
        await ran(terminal, "1..5")
        terminal.type("typed\x0c")
        await terminal.until(lambda: terminal.lines == [f"{PROMPT} typed"])
        terminal.type("\x15cls\r")
        await terminal.until(lambda: terminal.lines == [PROMPT])


async def test_a_shell_in_the_shell() -> None:
    async with Session() as session:
        terminal = session.terminal
        await terminal.prompt()
        terminal.type("cmd\r")
        await terminal.prompt("C:\\hpc>")
        assert any("simulation" in row for row in terminal.lines)
        terminal.type("exit 3\r")
        await terminal.prompt()
        await ran(terminal, "$LASTEXITCODE")
        assert terminal.lines[-2] == "3"
        terminal.type("powershell -NoProfile\r")
        await terminal.until(lambda: terminal.last == PROMPT and "Windows PowerShell" in terminal.lines)
        terminal.type("exit 4\r")
        await ran(terminal, '"was $LASTEXITCODE"')
        assert "was 4" in terminal.lines


async def test_programs_read_lines_from_the_console() -> None:
    async with Session() as session:
        terminal = session.terminal
        await terminal.prompt()
        terminal.type("findstr o\r")
        terminal.type("one\rtvo\rx\r\x1a\r")
        await terminal.until(lambda: terminal.last == PROMPT and terminal.lines.count("one") == 2)
        terminal.type('$n = Read-Host Name\rWindows\r"hi $n"\r')
        await terminal.until(lambda: terminal.lines[-2:] == ["hi Windows", PROMPT])


async def test_a_secret_is_read_as_stars() -> None:
    async with Session() as session:
        terminal = session.terminal
        await terminal.prompt()
        terminal.type("$s = Read-Host Password -AsSecureString\r")
        await terminal.until(lambda: terminal.last.startswith("Password:"))
        terminal.type("opex\x7fn!\r")
        await terminal.prompt()
        assert "Password: *****" in terminal.lines
        terminal.type('"$s $($s.Length)"\r')
        await terminal.until(lambda: terminal.lines[-2:] == ["System.Security.SecureString 5", PROMPT])
        assert b"ope" not in terminal.raw
