"""`make screenshots`: every screen on the simulated cluster, as SVG and, where rsvg-convert is installed, as PNG.

Textual's SVG relies on text lengths and no-break spaces, which not every renderer honours, so each few characters are
given their own place before it becomes a PNG.
"""

from __future__ import annotations

import asyncio
import html
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from rich.cells import cell_len
from textual.events import Paste
from textual.widgets import Input

from hptui.cluster.port import Cluster
from hptui.errors import UnreachableError
from hptui.settings import Settings
from hptui.ui.app import HptuiApp
from hptui.ui.screens.answer import AnswerScreen
from hptui.ui.widgets.usage_panel import Chart
from tests.ui.stage import NODE, Stage, on_stage

CELL = 12.2  # the width of a cell in Textual's SVG
PIECE = 4  # characters that are placed together
NO_BREAK = "\xa0"
FOLDER = Path(__file__).parent.parent / "screenshots"
SIZES = ((80, 24), (120, 40), (200, 60))
PROBING = "Get-Service | Select-Object -First 8"

Scene = Callable[[Stage], Awaitable[None]]


async def fleet(stage: Stage) -> None:
    await stage.until(lambda: len(stage.fleet.state.usage) > 5)
    await stage.choose("akswin25000000")


async def refused_node(stage: Stage) -> None:
    await stage.until(lambda: stage.fleet.state.complete)
    await stage.choose("rke2-win-03")


async def filtered(stage: Stage) -> None:
    await fleet(stage)
    await stage.press("slash", *"2022")
    await stage.until(lambda: stage.table.row_count < 10)


async def launch(stage: Stage) -> None:
    await stage.choose(NODE)
    await stage.press("enter")
    await stage.sees("✓ allowed")
    await stage.press("down")
    await stage.sees("anonymous", "✓ allowed")


async def refused(stage: Stage) -> None:
    await stage.choose(NODE)
    await stage.press("enter")
    await stage.sees("✓ allowed")
    stage.app.screen.query_one("#namespace", Input).value = "locked"
    await stage.sees("Pod security forbids")


async def manifest(stage: Stage) -> None:
    await launch(stage)
    await stage.press("f2")
    await stage.sees("apiVersion")


async def session(stage: Stage) -> None:
    await stage.open_shell()
    await stage.type("whoami")
    await stage.until(lambda: "nt authority" in stage.terminal_text().lower())
    await stage.type(PROBING)
    await stage.until(lambda: stage.terminal_text().count("PS C:\\") > 2)
    await stage.type("Get-Nothing")
    await stage.until(lambda: "not recognized" in " ".join(stage.terminal_text().split()))


async def leader(stage: Stage) -> None:
    await session(stage)
    await stage.press("ctrl+right_square_bracket")
    await stage.sees("zoom")


async def searching(stage: Stage) -> None:
    await session(stage)
    await stage.leader("slash")
    await stage.press(*"service")
    await stage.sees(" of ")


async def pasting(stage: Stage) -> None:
    await session(stage)
    stage.app.post_message(Paste("Get-Service kubelet |\n  Restart-Service\x1b\nGet-Service kubelet\n"))
    await stage.sees("3 lines")


async def recording(stage: Stage) -> None:
    await session(stage)
    with tempfile.TemporaryDirectory() as folder:
        recording = stage.pane.recording
        recording._settings = replace(stage.app.settings, record_directory=folder)
        recording.begin()
        await stage.sees("● rec")
    stage.app.clear_notifications()
    await stage.until(lambda: "Recording to" not in stage.text())


async def side(stage: Stage, tab: str, text: str) -> None:
    await session(stage)
    await stage.leader(tab)
    await stage.sees(text)


async def events(stage: Stage) -> None:
    await side(stage, "e", "Started")


async def usage(stage: Stage) -> None:
    await side(stage, "u", "Session cpu")
    await stage.until(lambda: all(chart.has_samples for chart in stage.pane.query(Chart)))


async def pod(stage: Stage) -> None:
    await side(stage, "i", "namespace")


async def pulling(stage: Stage) -> None:
    await stage.choose("akswin22000003")
    await stage.press("s")
    await stage.sees("Pulling")


async def failed(stage: Stage) -> None:
    stage.cluster.faults.pulls = "failing"
    await stage.choose("akswin22000003")
    await stage.press("s")
    await stage.sees("closes this tab")


async def lost(stage: Stage) -> None:
    await session(stage)
    stage.cluster.faults.exec = "refused"
    stage.cluster.drop_execs("abrupt")
    await stage.sees("Try 2", "trying again in")


async def renewing(stage: Stage) -> None:
    await session(stage)
    stage.cluster.faults.exec = "silent"
    await stage.leader("N")
    await stage.sees("renewing: connecting")


async def quitting(stage: Stage) -> None:
    await session(stage)
    await stage.leader("q")
    await stage.sees("One session is open")


async def keys(stage: Stage) -> None:
    await stage.choose(NODE)
    await stage.press("question_mark")
    await stage.sees("Keys")


async def palette(stage: Stage) -> None:
    await stage.choose(NODE)
    await stage.press("ctrl+p")
    await stage.sees("Ask the host", "Copy diagnostics")


async def playing(stage: Stage) -> None:
    """A session that is recorded, found again in the program and played to its end."""
    with tempfile.TemporaryDirectory() as folder:
        stage.app.settings = replace(stage.app.settings, record_directory=folder, record=True)
        await session(stage)
        await stage.until(lambda: stage.pane.recorder is None or not stage.pane.recorder.waiting)
        await stage.leader("r")
        await stage.leader("d")
        stage.app.clear_notifications()
        stage.app.action_recordings()
        await stage.sees(".cast")
        await stage.press("enter")
        await stage.sees("playing")
    await stage.press("space", "end")
    await stage.sees("not recognized", "at the end")
    await stage.press("t")
    await stage.sees("typed")


async def playing_found(stage: Stage) -> None:
    await playing(stage)
    await stage.press("home", "slash", *"running", "enter")
    await stage.sees("match 1 of")


async def doctor(stage: Stage) -> None:
    await stage.choose(NODE)
    stage.app.action_doctor()
    await stage.sees("kubeconfig")
    await stage.until(lambda: "looking" not in stage.text().lower())


async def protected(stage: Stage) -> None:
    await stage.choose(NODE)
    stage.app.settings = replace(stage.app.settings, protected_contexts=("*",))
    await stage.press("s")
    await stage.sees("is protected")


async def asking(stage: Stage, name: str, text: str) -> None:
    """A question beside an open session's shell."""
    await stage.open_shell()
    await stage.leader("h")
    await stage.sees("type to find")
    await stage.press(*name, "enter")
    await stage.until(
        lambda: isinstance(answer := stage.app.screen, AnswerScreen) and answer.view.table, "rows"
    )
    await stage.sees(text)


async def questions(stage: Stage) -> None:
    await stage.open_shell()
    await stage.leader("h")
    await stage.sees("type to find")
    await stage.press(*"event")
    await stage.sees("Event logs", "newest first")


async def ask_pod(stage: Stage) -> None:
    await stage.choose(NODE)
    await stage.press("p")
    await stage.sees("a short pod is made")


async def pipes(stage: Stage) -> None:
    await asking(stage, "pipes", "Container runtime")
    await stage.press(*["down"] * 10)


async def processes(stage: Stage) -> None:
    await asking(stage, "processes", "Working set")
    await stage.press("r")
    answer = stage.app.screen
    assert isinstance(answer, AnswerScreen)
    await stage.until(lambda: answer.view.changes.added and answer.view.changes.gone, "what has changed")
    await stage.press("right", "right", "down", "down")


async def row_details(stage: Stage) -> None:
    await asking(stage, "services", "Start mode")
    await stage.press("down", "enter")
    await stage.sees("Start mode", "Delayed")


async def admin(stage: Stage) -> None:
    await asking(stage, "admin", "As the host sent it")


async def collected(stage: Stage) -> None:
    await stage.open_shell()
    screen = stage.app.screen
    screen.action_ask("hptui collect")  # type: ignore[attr-defined]
    await stage.until(lambda: stage.app.screen.query("#new-file Input"), "a line for the name")
    file = Path(tempfile.gettempdir(), "akswin22000001.zip")  # the same in each picture
    file.unlink(missing_ok=True)  # noqa: ASYNC240 - nothing else runs here
    stage.app.screen.query_one("#new-file Input").value = str(file)  # type: ignore[attr-defined]
    await stage.press("enter")
    await stage.sees("begin with summary.html")
    file.unlink()  # noqa: ASYNC240
    await stage.press("home")


async def side_by_side(stage: Stage) -> None:
    await asking(stage, "admin", "S-1-5-32-544")
    await stage.press("m")
    await stage.sees("Start 4 short pods")
    await stage.pilot.pause(0.5)  # until the question can be answered
    await stage.press("enter")
    await stage.sees("of 16 differ")


async def events_filtered(stage: Stage) -> None:
    await asking(stage, "events", "Provider")
    await stage.press("slash", *"warning", "space", "exclamation_mark", *"dns")
    await stage.sees(" of ")


# The scenes, and whether they are taken at every size or at the middle one only.
SCENES: dict[str, tuple[Scene, bool]] = {
    "fleet": (fleet, True),
    "fleet-no": (refused_node, False),
    "filter": (filtered, False),
    "launch": (launch, True),
    "refused": (refused, False),
    "manifest": (manifest, False),
    "pulling": (pulling, False),
    "failed": (failed, True),
    "session": (session, True),
    "leader": (leader, True),
    "search": (searching, True),
    "paste": (pasting, True),
    "recording": (recording, False),
    "events": (events, False),
    "usage": (usage, True),
    "pod": (pod, False),
    "lost": (lost, False),
    "renewing": (renewing, False),
    "play": (playing, True),
    "play-search": (playing_found, False),
    "quit": (quitting, False),
    "help": (keys, True),
    "palette": (palette, False),
    "doctor": (doctor, True),
    "protected": (protected, False),
    "questions": (questions, True),
    "ask-pod": (ask_pod, False),
    "pipes": (pipes, True),
    "processes": (processes, True),
    "row": (row_details, True),
    "admin": (admin, False),
    "event-log": (events_filtered, True),
    "collect": (collected, True),
    "accounts": (side_by_side, True),
}


async def take(name: str, scene: Scene, size: tuple[int, int]) -> None:
    from hptui.demo.pace import Pace

    async with on_stage(size, painted=True, pace=Pace(metrics_age=0.0, weather=0.0)) as stage:
        await scene(stage)
        await stage.pilot.pause()
        save(stage.app, f"{name}-{size[0]}x{size[1]}")


async def unreachable() -> None:
    async def connector() -> Cluster:
        raise UnreachableError(
            "https://aks-prod.example.com:443 does not answer: connection timed out "
            "(context aks-prod, file ~/.kube/config)"
        )

    app = HptuiApp(connector, Settings())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.5)
        save(app, "unreachable-120x40")


def save(app: HptuiApp, name: str) -> None:
    """Write NAME.svg and, where that can be done here, NAME.png."""
    svg = app.export_screenshot(title="hptui", simplify=True)
    (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")
    if shutil.which("rsvg-convert"):
        subprocess.run(
            ["rsvg-convert", "--zoom", "1", "--output", str(FOLDER / f"{name}.png")],
            input=placed(svg).encode(),
            check=True,
        )
    print(name)


def placed(svg: str) -> str:
    """The same picture with a few characters at a time, each piece at its own cell, whatever the font makes of it."""

    def place(match: re.Match[str]) -> str:
        attributes, text = match[1], html.unescape(match[2])
        x = re.search(r' x="([\d.]+)"', attributes)
        if x is None or "textLength" not in attributes:
            return match[0]
        start = float(x[1])
        attributes = re.sub(r' textLength="[\d.]+"', "", attributes).replace(x[0], "")
        pieces = []
        for piece in re.finditer(rf"[^ {NO_BREAK}]{{1,{PIECE}}}", text):
            at = start + CELL * cell_len(text[: piece.start()])
            pieces.append(f'<text x="{at:.1f}"{attributes}>{html.escape(piece[0])}</text>')
        return "".join(pieces)

    # This font has braille for the charts.
    return re.sub(r"<text([^>]*)>([^<]*)</text>", place, svg.replace("Fira Code", "DejaVu Sans Mono"))


def main(wanted: list[str]) -> int:
    FOLDER.mkdir(exist_ok=True)
    if not shutil.which("rsvg-convert"):
        print(
            "rsvg-convert is not installed: no PNG (Debian: librsvg2-bin, fonts-dejavu-core)", file=sys.stderr
        )
    for name, (scene, everywhere) in SCENES.items():
        if wanted and name not in wanted:
            continue
        for size in SIZES if everywhere else SIZES[1:2]:
            asyncio.run(take(name, scene, size))
    if not wanted or "unreachable" in wanted:
        asyncio.run(unreachable())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
