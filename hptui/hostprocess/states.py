"""The states of a session and the moves between them; anything else is a mistake in this program.

pending ─► pulling ─► starting ─► attached ◄─► lost
   └────────┴───────────┴──► failed   └─► ended ◄─┘      any of these ─► cleaning ─► gone or left
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    PENDING = "pending"  # being checked and created, or waiting for the node
    PULLING = "pulling"  # the node fetches the image
    STARTING = "starting"  # the container is made and started
    ATTACHED = "attached"  # at least one shell is open
    LOST = "lost"  # the stream to the shell broke; the pod is there as far as is known
    ENDED = "ended"  # the shell or the pod has ended
    CLEANING = "cleaning"  # the pod is being deleted
    GONE = "gone"  # the pod was seen gone, or never was
    LEFT = "left"  # let go of: the pod is another program's, and goes on
    FAILED = "failed"  # could not be started, or could not be removed


_ENDINGS = frozenset({State.FAILED, State.CLEANING})

MOVES: dict[State, frozenset[State]] = {
    State.PENDING: _ENDINGS | {State.PULLING, State.STARTING},
    State.PULLING: _ENDINGS | {State.STARTING},
    State.STARTING: _ENDINGS | {State.PULLING, State.ATTACHED},
    State.ATTACHED: frozenset({State.LOST, State.ENDED, State.CLEANING}),
    State.LOST: frozenset({State.ATTACHED, State.ENDED, State.CLEANING}),
    State.ENDED: frozenset({State.ATTACHED, State.CLEANING}),
    State.CLEANING: frozenset({State.GONE, State.LEFT, State.FAILED}),
    State.LEFT: frozenset({State.CLEANING}),
    State.GONE: frozenset(),
    State.FAILED: frozenset({State.CLEANING}),
}

OVER = frozenset({State.GONE, State.LEFT})
LAUNCHING = frozenset({State.PENDING, State.PULLING, State.STARTING})


class IllegalMoveError(AssertionError):
    """A move that no session makes: a bug, not something to show kindly."""


def check_move(old: State, new: State) -> None:
    if new not in MOVES[old]:
        raise IllegalMoveError(f"a session cannot go from {old} to {new}")
