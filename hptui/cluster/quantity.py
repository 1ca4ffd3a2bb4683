"""Kubernetes' quantities ("250m", "39192Ki", "17395839n") as plain numbers."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

_SUFFIXES = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "G": Decimal(10**9),
    "T": Decimal(10**12),
    "P": Decimal(10**15),
    "E": Decimal(10**18),
    "Ki": Decimal(2**10),
    "Mi": Decimal(2**20),
    "Gi": Decimal(2**30),
    "Ti": Decimal(2**40),
    "Pi": Decimal(2**50),
    "Ei": Decimal(2**60),
}
_LARGEST = 60  # digits: what has more is no amount of anything, and takes long to write out


def parse_quantity(text: str) -> Decimal:
    """The number behind a quantity; raises ValueError for anything else.

    https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
    """
    stripped = text.strip()
    for length in (2, 1, 0):
        suffix = stripped[len(stripped) - length :] if length else ""
        # "5E" is five exa, but in "5E3" the E belongs to the number.
        if len(suffix) == length and suffix in _SUFFIXES:
            try:
                number = Decimal(stripped[: len(stripped) - length])
            except InvalidOperation:
                continue
            if number.is_finite() and abs(number.adjusted()) < _LARGEST:
                return number * _SUFFIXES[suffix]
    raise ValueError(f"not a quantity: {text!r}")


def cores(text: str | None) -> float:
    """CPU in cores; 0 for nothing or nonsense."""
    try:
        return float(parse_quantity(text)) if text else 0.0
    except ValueError:
        return 0.0


def size(text: str | None) -> int:
    """Memory in bytes; 0 for nothing or nonsense."""
    try:
        return int(parse_quantity(text)) if text else 0
    except ValueError:
        return 0


def seconds(text: str | None) -> float:
    """A duration as Go writes it ("15.01s", "1m30s", "500ms") in seconds; 0 for nothing or nonsense."""
    units = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
    total, number, rest = 0.0, "", text or ""
    while rest:
        if rest[0].isdigit() or rest[0] == ".":
            number, rest = number + rest[0], rest[1:]
            continue
        unit = next((u for u in ("ms", "us", "µs", "ns", "h", "m", "s") if rest.startswith(u)), "")
        if not unit or not number:
            return 0.0
        try:
            total += float(number) * units[unit]
        except ValueError:
            return 0.0
        number, rest = "", rest[len(unit) :]
    return 0.0 if number else total
