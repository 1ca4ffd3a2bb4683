"""When and how serious a line of an agent's log is, in the forms that Kubernetes' agents on Windows write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

PROBE = "agent-log"

# klog's header: level, month and day, time without a zone (kubernetes.io, "System logs").
_KLOG = re.compile(r"([IWEF])(\d\d)(\d\d) (\d\d:\d\d:\d\d\.\d+)\s")
# logrus, as containerd writes it.
_LOGRUS = re.compile(r'time="([^"]+)" level=(\w+)')
_JSON_TIME = re.compile(r'"(?:ts|time)":\s*"?([^",}]+)')
_JSON_LEVEL = re.compile(r'"level":\s*"(\w+)"')
_STAMP = re.compile(r"\[?(\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)")
_LEVELS = {"I": "information", "W": "warning", "E": "error", "F": "fatal"}


def described(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with `time` and `level`, as far as its `text` tells them; the time as the agent wrote it."""
    text = record.get("text")
    time, level = read_line(text) if isinstance(text, str) else ("", "")
    return {**record, "time": time or None, "level": level or None}


def read_line(text: str) -> tuple[str, str]:
    """Time and level; empty where the line has none."""
    if found := _KLOG.match(text):
        level, month, day, clock = found.groups()
        return f"{month}-{day} {clock}", _LEVELS[level]
    if found := _LOGRUS.search(text):
        return found[1], _word(found[2])
    if text.startswith("{"):
        time, level_ = _JSON_TIME.search(text), _JSON_LEVEL.search(text)
        return time[1] if time else "", _word(level_[1]) if level_ else ""
    found = _STAMP.match(text)
    return (found[1] if found else ""), ""


def _word(level: str) -> str:
    return {"info": "information", "warn": "warning", "err": "error"}.get(level.lower(), level.lower())
