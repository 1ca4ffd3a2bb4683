"""Numbers and times as people read them at two in the morning: short, with a unit, the same everywhere."""

from __future__ import annotations

from datetime import UTC, datetime


def age(since: datetime | None, now: datetime | None = None) -> str:
    """How long ago, as kubectl words it: 34s, 12m, 5h, 2d; "–" when unknown."""
    if since is None:
        return "–"
    return span(((now or datetime.now(UTC)) - since).total_seconds())


def span(seconds: float) -> str:
    """A length of time in its one largest unit, whole: 34s, 12m, 5h, 2d. Below zero counts as zero."""
    whole = max(0, int(seconds))
    if whole < 120:
        return f"{whole}s"
    if whole < 120 * 60:
        return f"{whole // 60}m"
    if whole < 48 * 3600:
        return f"{whole // 3600}h"
    return f"{whole // 86400}d"


def took(seconds: float) -> str:
    """How long a step took: 0.12 s below ten seconds, whole seconds above."""
    return f"{seconds:.2f} s" if seconds < 1 else f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


def countdown(seconds: float) -> str:
    """Time left: 1 h 05 min, 47 min, 4:59 below five minutes."""
    whole = max(0, int(seconds))
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02} min"
    if whole >= 300:
        return f"{whole // 60} min"
    return f"{whole // 60}:{whole % 60:02}"


def size(count: float) -> str:
    """Bytes in binary units: 212 MiB, 1.5 GiB."""
    value = float(count)
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if value < 1024 or unit == "TiB":
            return f"{value:.0f} {unit}" if value >= 10 or unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    raise AssertionError("unreachable")


def cores(value: float) -> str:
    """CPU in cores: 0.31, 2.4, 12."""
    return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 10 else f"{value:.0f}"


def percent(part: float, whole: float) -> str:
    """A share in percent, "–" of nothing."""
    return f"{100 * part / whole:.0f}%" if whole > 0 else "–"


def clock(at: datetime | None) -> str:
    """A time of day in the person's own time zone: 02:14:07."""
    return at.astimezone().strftime("%H:%M:%S") if at else "--:--:--"


def moment(at: datetime | None) -> str:
    """Date and time in the person's own time zone, with the zone's offset."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S %z") if at else "unknown"


def length(seconds: int) -> str:
    """A chosen length of time: 15 min, 1 h, 1 h 30 min, 90 s."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else "", f"{left} s" if left else ""]
    return " ".join(part for part in parts if part) or "0 s"


def key_name(key: str) -> str:
    """A key as people write it: ctrl+right_square_bracket as ctrl+]."""
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, _SIGNS.get(last, last)])


_SIGNS = {
    "right_square_bracket": "]",
    "left_square_bracket": "[",
    "backslash": "\\",
    "circumflex_accent": "^",
    "underscore": "_",
    "space": "space",
    "at": "@",
    "slash": "/",
}
