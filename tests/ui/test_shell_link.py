"""The bytes between a shell and its terminal."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

import pytest
from textual.app import App, ComposeResult

from hptui.cluster.model import ExecExit, ExecOutput, ExecStream
from hptui.ui.widgets.shell_link import FLOOD, KEPT, UNREAD, ShellLink
from hptui.ui.widgets.terminal_view import TerminalView


class ScriptedChannel:
    """An exec channel whose output is given; it pauses for ever when that is read, unless it has ended."""

    tty = True
    protocol = "v5.channel.k8s.io"

    def __init__(self, *pieces: bytes, ended: bool = False) -> None:
        self.pieces = deque(pieces)
        self.ended = ended
        self.written: list[bytes] = []
        self.drains = True

    async def read(self) -> Sequence[ExecOutput]:
        if not self.pieces:
            if not self.ended:
                await asyncio.Event().wait()
            return ()
        return [ExecOutput(ExecStream.STDOUT, self.pieces.popleft())]

    def write(self, data: bytes) -> None:
        self.written.append(data)

    @property
    def unsent(self) -> int:
        return 0 if self.drains else sum(map(len, self.written))

    async def drain(self) -> None: ...

    def close_stdin(self) -> None: ...

    def resize(self, columns: int, rows: int) -> None: ...

    def discard_queued(self) -> int:
        return 0

    async def wait(self) -> ExecExit:
        raise NotImplementedError

    def close(self) -> None: ...


LINE = b"x" * 78 + b"\r\n"
BLOCK = LINE * 800  # 64,000 bytes


async def read_flood(link: ShellLink) -> None:
    """Read until a flood is recognised."""
    size = 0
    while size <= FLOOD:
        size += sum(map(len, await link.read()))


@pytest.mark.parametrize("ctrl_c", [b"\x03", b"\x1b[67;46;3;1;8;1_\x1b[67;46;3;0;8;1_"])
async def test_after_ctrl_c_only_the_end_of_a_flood_is_shown_and_the_rest_is_owned_up_to(
    ctrl_c: bytes,
) -> None:
    channel = ScriptedChannel(*[BLOCK] * 40, b"^C\r\nPS C:\\> ")
    link = ShellLink(channel)
    await read_flood(link)
    link.write(ctrl_c)
    assert channel.written == [ctrl_c]
    note, tail = await link.read()
    assert b"MiB of output skipped after ctrl+c" in note
    assert tail.endswith(b"^C\r\nPS C:\\> ")
    assert len(tail) <= KEPT
    assert tail.startswith(LINE), "from a whole line on"


async def test_what_is_not_shown_is_told_byte_for_byte_because_a_recording_keeps_it() -> None:
    numbered = [b"".join(b"%07d\r\n" % n for n in range(at, at + 7000)) for at in range(0, 280_000, 7000)]
    skipped = bytearray()
    link = ShellLink(ScriptedChannel(*numbered, b"^C\r\nPS C:\\> "), on_skipped=skipped.extend)
    shown = bytearray()
    while len(shown) <= FLOOD:
        shown += b"".join(await link.read())
    link.write(b"\x03")
    _, tail = await link.read()
    assert skipped
    assert bytes(shown + skipped) + tail == b"".join(numbered) + b"^C\r\nPS C:\\> "


async def test_ctrl_c_at_a_prompt_skips_nothing() -> None:
    channel = ScriptedChannel(b"PS C:\\> ", b"^C\r\nPS C:\\> ")
    link = ShellLink(channel)
    assert await link.read() == [b"PS C:\\> "]
    link.write(b"\x03")
    assert await link.read() == [b"^C\r\nPS C:\\> "]


async def test_other_keys_in_a_flood_skip_nothing() -> None:
    channel = ScriptedChannel(*[BLOCK] * 10)
    link = ShellLink(channel)
    await read_flood(link)
    link.write(b"a")
    assert await link.read() == [BLOCK]


async def test_what_is_left_of_a_flood_is_shown_whole_when_it_is_short() -> None:
    channel = ScriptedChannel(*[BLOCK] * 5, b"1\r\n2\r\nPS> ")
    link = ShellLink(channel)
    for _ in range(5):
        await link.read()
    link.write(b"\x03")
    assert await link.read() == [b"1\r\n2\r\nPS> "]


async def test_an_exec_that_ends_in_the_flood_ends_the_reading() -> None:
    channel = ScriptedChannel(*[BLOCK] * 8, ended=True)
    link = ShellLink(channel)
    await read_flood(link)
    link.write(b"\x03")
    await link.read()
    assert await link.read() == []


async def test_a_host_that_asks_and_does_not_read_gets_no_more_answers_but_all_that_is_typed() -> None:
    channel = ScriptedChannel()
    channel.drains = False
    link = ShellLink(channel)
    app = TerminalApp()
    async with app.run_test():
        app.terminal.writer, app.terminal.deaf = link.write, lambda: link.deaf

        async def asked(times: int) -> None:
            questions = [b"\x1b[c" * 4000] * times
            await app.terminal.pump(lambda: given(questions))

        await asked(100)
        answered = channel.unsent
        assert UNREAD < answered < 4 * UNREAD
        await asked(10)
        assert channel.unsent == answered
        app.terminal.focus()
        app.terminal.send_paste("typed")
        assert channel.written[-1] == b"typed"
        channel.written.clear()
        await asked(1)
        assert channel.unsent > 4000


class TerminalApp(App[None]):
    def compose(self) -> ComposeResult:
        yield TerminalView()

    @property
    def terminal(self) -> TerminalView:
        return self.query_one(TerminalView)


async def given(pieces: list[bytes]) -> Sequence[bytes]:
    """The next of the pieces."""
    return [pieces.pop()] if pieces else []
