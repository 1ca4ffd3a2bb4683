"""Ctrl+C: ends what runs in front of a console, at once."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from hptui.demo.host.console.console import Console

T = TypeVar("T")


class Interrupted(Exception):
    """Ctrl+C ended it."""


@contextmanager
def conversing(console: Console) -> Iterator[None]:
    """For a shell with a prompt: between its commands Ctrl+C is a key like others, and does not end the shell."""
    before, console.on_interrupt = console.on_interrupt, None
    try:
        yield
    finally:
        console.on_interrupt = before


async def run_interruptible(console: Console, work: Coroutine[Any, Any, T]) -> T:
    """Run it to its end. Raises Interrupted on Ctrl+C. Being cancelled from outside ends it too, and is passed on."""
    task = asyncio.create_task(work)
    before = console.on_interrupt
    interrupted = False

    def interrupt() -> None:
        nonlocal interrupted
        interrupted = True
        task.cancel()

    console.on_interrupt = interrupt
    console.take_early_interrupt()
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        raise
    finally:
        console.on_interrupt = before
    if interrupted and task.cancelled():
        await console.show("\x1b[m^C\r\n")
        raise Interrupted
    return task.result()
