"""A live terminal: sends what is typed, pasted and pointed at to the host, and shows what the host prints.

A key goes to `writer` within the key's own event, past no queue.

What the app around it must do: have no priority bindings while a terminal has the focus (Textual looks at those before
any widget: Ctrl+Q and Ctrl+P among them, as an App is born), and set `escape_to_minimize` false where a terminal can be
maximized. Everything else is kept from bindings here, except the leader key and the one key after it (and those
after a key that may be repeated): they bubble to the screen, which stops them once it has handled them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.timer import Timer

from hptui.terminal.emulator import Emulator
from hptui.terminal.engine_process import EngineProcess
from hptui.terminal.held_input import ECHO_LIMIT
from hptui.terminal.keys import encode, focus, paste
from hptui.terminal.mouse import MouseAction, MouseButton, encode_mouse
from hptui.terminal.pasting import Pasted, clean
from hptui.terminal.recording import Recorder
from hptui.terminal.state import MouseTracking
from hptui.terminal.typing_place import EmulatorScreen
from hptui.ui.widgets.searchable_terminal import SearchableTerminal

RESEND_AFTER = (0.3, 1.0, 3.0)  # seconds; a host that is still starting misses the first word of its size
WHEEL_LINES = 3

_BUTTONS = {1: MouseButton.LEFT, 2: MouseButton.MIDDLE, 3: MouseButton.RIGHT}
_SCROLL_KEYS = {"shift+pageup", "shift+pagedown"}
_SCROLL_KEYS_WHEN_BACK = {
    "shift+home",
    "shift+end",
}  # at the bottom they are the host's: PSReadLine selects with them
# One key, by the names Textual has for it.
_SAME_KEY = {"ctrl+@": "ctrl+space", "ctrl+at": "ctrl+space"}


class TerminalView(SearchableTerminal, can_focus=True, inherit_bindings=False):
    """`writer` takes the bytes for the host: keys, pastes, mouse, focus, and the terminal's own answers. It must not wait.

    Without a writer they come as `TerminalView.Typed`.
    """

    @dataclass
    class Typed(Message):
        """Bytes for the host, where no `writer` is set."""

        terminal: TerminalView
        data: bytes

    @dataclass
    class Resized(Message):
        """The terminal's size, for the host. Told again (`again`) after a while, in case the host wasn't listening."""

        terminal: TerminalView
        columns: int
        rows: int
        again: bool = False

    @dataclass
    class TitleChanged(Message):
        terminal: TerminalView
        title: str

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, TerminalView.TitleChanged)

    @dataclass
    class Bell(Message):
        terminal: TerminalView

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, TerminalView.Bell)

    @dataclass
    class EngineReplaced(Message):
        """The terminal's engine crashed or hung; `text` says so."""

        terminal: TerminalView
        text: str

    @dataclass
    class PasteAsked(Message):
        """Text that somebody pasted and that should be looked at first: `terminal.send_paste(text)` sends it."""

        terminal: TerminalView
        text: str
        pasted: Pasted

        @property
        def lines(self) -> int:
            return self.pasted.lines

    def __init__(
        self,
        *,
        scrollback: int = 10_000,
        engine: str | None = None,
        leader: str = "ctrl+right_square_bracket",
        leader_repeats: frozenset[str] = frozenset(),
        leader_holds: frozenset[str] = frozenset(),
        writer: Callable[[bytes], None] | None = None,
        on_clipboard: Callable[[str], None] | None = None,
        ask_before_paste: bool = False,
        engine_process: EngineProcess | None = None,
        id: str | None = None,
    ) -> None:
        """`scrollback` in lines; `engine`, `on_clipboard`, `engine_process` as for `Emulator`; `leader` as Textual names keys.

        With `ask_before_paste`, several lines and text with control characters come as `PasteAsked` first."""
        self.ask_before_paste = ask_before_paste
        self.asking = False  # since `PasteAsked`, until its owner sets this: what is typed meanwhile is not for the host
        self.recorder: Recorder | None = None  # takes what is printed, and what the writer takes
        self.writer = writer
        self.deaf: Callable[[], bool] | None = None  # whether the host doesn't read what the writer takes
        self.leader = leader
        self.leader_repeats = leader_repeats
        self.leader_holds = leader_holds
        self._expects_command = False
        self._holds_keys = False
        emulator = Emulator(
            80,
            24,
            scrollback=scrollback,
            engine=engine,
            on_reply=self._answer,
            on_title=lambda title: self._tell(self.TitleChanged(self, title)),
            on_bell=lambda: self._tell(self.Bell(self)),
            on_clipboard=on_clipboard,
            process=engine_process,
            on_restart=lambda text: self._tell(self.EngineReplaced(self, text)),
        )
        super().__init__(emulator, id=id)
        self._resends: list[Timer] = []
        self._told_size: tuple[int, int] | None = None
        self._echo_timer: Timer | None = None
        self._button: MouseButton | None = None  # held down, and reported to the host

    # Size

    def on_resize(self, event: events.Resize) -> None:
        event.stop()
        if not self.view_size:
            return
        size = self.fit()
        if size != self._told_size:
            self._told_size = size
            if self.recorder is not None:
                self.recorder.resized(*size)
            self._tell_size(*size)

    def _tell_size(self, columns: int, rows: int) -> None:
        for timer in self._resends:
            timer.stop()
        self.post_message(self.Resized(self, columns, rows))

        def tell_again() -> None:
            self.post_message(self.Resized(self, columns, rows, again=True))

        self._resends = [self.set_timer(delay, tell_again) for delay in RESEND_AFTER]

    # Recording

    def _received(self, chunks: Sequence[bytes]) -> None:
        if self.recorder is not None:
            for chunk in chunks:
                self.recorder.output(chunk)

    def _parsed(self) -> None:
        self._look_for_typed()

    def _look_for_typed(self) -> None:
        """Tell the recorder what is shown by now; and once more when its time is over, though the host be silent."""
        recorder = self.recorder
        if recorder is None or not recorder.waiting:
            return
        recorder.seen(EmulatorScreen(self.emulator))
        if recorder.waiting and self._echo_timer is None and self.is_attached:
            self._echo_timer = self.set_timer(ECHO_LIMIT + 0.05, self._echo_is_over)

    def _echo_is_over(self) -> None:
        self._echo_timer = None
        self._look_for_typed()

    def on_unmount(self) -> None:
        if self._echo_timer is not None:
            self._echo_timer.stop()
            self._echo_timer = None

    # Keys and text

    def _answer(self, data: bytes) -> None:
        """Answer what the host asked, unless it reads no answers: it might ask for ever."""
        if self.deaf is None or not self.deaf():
            self._send(data)

    def _send(self, data: bytes) -> None:
        """Send what the terminal says by itself."""
        if data and self.recorder is not None and self.writer is not None:
            self.recorder.sent(data)
        self._write(data)

    def _write(self, data: bytes) -> None:
        if not data:
            return
        if self.writer is not None:
            self.writer(data)
        else:
            self._tell(self.Typed(self, data))

    def _tell(self, message: Message) -> None:
        if self.is_attached:
            self.post_message(message)

    def _type(self, data: bytes) -> None:
        """Send what a person typed, and show where it goes."""
        if data:
            if not self._following:
                self.scroll_to_bottom()
            if self.recorder is not None and self.writer is not None:
                self.recorder.typed(data, EmulatorScreen(self.emulator))
                self._look_for_typed()
            self._write(data)

    def send_key(self, key: str, character: str | None = None) -> None:
        """Send a key that was not pressed here as if it was."""
        self._type(encode(key, character, self.emulator.modes))

    @property
    def expects_command(self) -> bool:
        """Whether the next key belongs to whoever handles the leader. After one of `leader_holds` all do, until this is set."""
        return self._expects_command

    @expects_command.setter
    def expects_command(self, expected: bool) -> None:
        self._expects_command = expected
        self._holds_keys = False

    async def _on_key(self, event: events.Key) -> None:
        key = _SAME_KEY.get(event.key, event.key)
        if self.expects_command or key == _SAME_KEY.get(self.leader, self.leader):
            # What follows the leader may be in this queue already, so it is let through from here on.
            if not self._holds_keys:
                self._expects_command = not self._expects_command or key in self.leader_repeats
                self._holds_keys = self._expects_command and key in self.leader_holds
            return
        event.stop()
        event.prevent_default()
        if self.asking:
            return
        if self._scrolls(key):
            self._scroll_by_key(key)
            return
        self.send_key(key, event.character)

    def _scrolls(self, key: str) -> bool:
        if self.emulator.modes.alternate_screen:
            return False
        return key in _SCROLL_KEYS or (key in _SCROLL_KEYS_WHEN_BACK and not self._following)

    def _scroll_by_key(self, key: str) -> None:
        page = max(1, self.size.height - 1)
        everything = self.emulator.history + self.emulator.rows
        lines = {
            "shift+pageup": -page,
            "shift+pagedown": page,
            "shift+home": -everything,
            "shift+end": everything,
        }
        self.scroll_by(lines[key])

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.paste(event.text)

    def paste(self, text: str) -> None:
        """Paste text, or ask first."""
        pasted = clean(text)
        if self.ask_before_paste and (pasted.lines > 1 or pasted.removed):
            self.asking = True
            self.post_message(self.PasteAsked(self, text, pasted))
        else:
            self.send_paste(text)

    def send_paste(self, text: str) -> None:
        """Send text as if it was pasted: bracketed where the host asks, without control characters."""
        self._type(paste(text, self.emulator.modes))

    def on_focus(self) -> None:
        self._send(focus(True, self.emulator.modes))
        self.refresh()

    def on_blur(self) -> None:
        self._send(focus(False, self.emulator.modes))
        self.refresh()

    # Mouse

    def _selects(self, event: events.MouseEvent) -> bool:
        """Text is selected with the mouse unless the host wants the mouse for itself, and with Shift even then."""
        return event.shift or self.emulator.modes.mouse_tracking is MouseTracking.NONE

    def _report_mouse(self, event: events.MouseEvent, action: MouseAction, button: MouseButton) -> bool:
        """Tell the host, if it wants the mouse and this event is its; True if so."""
        modes = self.emulator.modes
        if modes.mouse_tracking is MouseTracking.NONE or (event.shift and self._button is None):
            return False
        event.stop()
        event.prevent_default()
        x, y = event.get_content_offset_capture(self)
        x, y = min(max(x, 0), self.emulator.columns - 1), min(max(y, 0), self.emulator.rows - 1)
        data = encode_mouse(action, button, x, y, modes, shift=event.shift, alt=event.meta, ctrl=event.ctrl)
        self._type(data)
        return True

    async def _on_mouse_down(self, event: events.MouseDown) -> None:
        button = _BUTTONS.get(event.button)
        if button is not None and self._report_mouse(event, MouseAction.PRESS, button):
            self._button = button
            self.screen.clear_selection()  # which the screen has begun: it can't know whose the mouse is
            self.capture_mouse()

    async def _on_mouse_up(self, event: events.MouseUp) -> None:
        if self._button is not None:
            self.release_mouse()
            self._report_mouse(event, MouseAction.RELEASE, self._button)
            self._button = None

    def _on_mouse_move(self, event: events.MouseMove) -> None:
        if event.delta_x or event.delta_y:
            held = MouseButton.NONE if self._button is None else self._button  # the left one is 0
            self._report_mouse(event, MouseAction.MOVE, held)

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, MouseButton.WHEEL_UP, "up", -WHEEL_LINES)

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, MouseButton.WHEEL_DOWN, "down", WHEEL_LINES)

    def _on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        self._report_mouse(event, MouseAction.PRESS, MouseButton.WHEEL_LEFT)

    def _on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        self._report_mouse(event, MouseAction.PRESS, MouseButton.WHEEL_RIGHT)

    def _wheel(self, event: events.MouseEvent, button: MouseButton, arrow: str, lines: int) -> None:
        """The wheel is the host's if it wants it, arrows on the alternate screen, and else scrolls back."""
        event.stop()
        event.prevent_default()
        if self._report_mouse(event, MouseAction.PRESS, button):
            return
        modes = self.emulator.modes
        if modes.alternate_screen:
            if modes.alternate_scroll:
                self._send(encode(arrow, None, modes) * WHEEL_LINES)
            return
        self.scroll_by(lines)
