"""The variables of a shell, in scopes; the automatic ones; the environment behind $env:."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager

from hptui.demo.host.powershell.data.values import Value, to_text

_SCOPES = ("global:", "script:", "local:", "private:", "using:", "variable:")


class Variables:
    """Names are lower case. `automatic` holds what is computed when it is read, as $? is."""

    def __init__(
        self, environment: MutableMapping[str, str], automatic: dict[str, Callable[[], Value]]
    ) -> None:
        self._scopes: list[dict[str, Value]] = [{"true": True, "false": False, "null": None}]
        self._environment = environment
        self._automatic = automatic

    def read(self, name: str) -> Value:
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name]
        if name in self._automatic:
            return self._automatic[name]()
        if ":" in name:
            if name.startswith("env:"):
                return self.environment_value(name[4:])
            for prefix in _SCOPES:
                if name.startswith(prefix):
                    return self.read(name[len(prefix) :])
        return None

    def environment_value(self, name: str) -> str | None:
        lowered = name.lower()
        return next((value for key, value in self._environment.items() if key.lower() == lowered), None)

    def write(self, name: str, value: Value) -> None:
        if name.startswith("env:"):
            self._write_environment(name[4:], value)
        elif name.startswith(("global:", "script:", "variable:")):
            self._scopes[0][name.split(":", 1)[1]] = value
        elif name not in ("true", "false", "null"):
            self._scopes[-1][name.removeprefix("local:").removeprefix("private:")] = value

    def _write_environment(self, name: str, value: Value) -> None:
        key = next((key for key in self._environment if key.lower() == name.lower()), name)
        if value is None or value == "":
            self._environment.pop(key, None)
        else:
            self._environment[key] = to_text(value)

    def write_local(self, name: str, value: Value) -> None:
        self._scopes[-1][name] = value

    def write_global(self, name: str, value: Value) -> None:
        self._scopes[0][name] = value

    def remove(self, name: str) -> bool:
        for scope in reversed(self._scopes):
            if name in scope:
                del scope[name]
                return True
        return False

    def names(self) -> list[str]:
        return sorted({name for scope in self._scopes for name in scope} | set(self._automatic))

    @contextmanager
    def scope(self) -> Iterator[None]:
        self._scopes.append({})
        try:
            yield
        finally:
            self._scopes.pop()

    @contextmanager
    def underscore(self, value: Value) -> Iterator[None]:
        """$_ for a while."""
        scope = self._scopes[-1]
        before = scope.get("_", self)
        scope["_"] = scope["psitem"] = value
        try:
            yield
        finally:
            if before is self:
                scope.pop("_", None)
                scope.pop("psitem", None)
            else:
                scope["_"] = scope["psitem"] = before
