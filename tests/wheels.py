"""`python -m tests.wheels [SYSTEM…]`: does the package index have a wheel of everything, for each system and Python?

Asks the index that pip asks, for the versions of constraints.txt, and installs nothing. What fits everywhere is not asked for.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile

from tests.requirements import is_pure, pinned, required

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
GLIBC = [f"manylinux_2_{minor}" for minor in range(5, 40)] + ["manylinux1", "manylinux2010", "manylinux2014"]
SYSTEMS: dict[str, tuple[dict[str, str], list[str]]] = {
    "Linux x86_64": (
        {"sys_platform": "linux", "platform_machine": "x86_64", "platform_system": "Linux"},
        [f"{tag}_x86_64" for tag in GLIBC],
    ),
    "Linux aarch64": (
        {"sys_platform": "linux", "platform_machine": "aarch64", "platform_system": "Linux"},
        [f"{tag}_aarch64" for tag in GLIBC],
    ),
    "macOS arm64": (
        {"sys_platform": "darwin", "platform_machine": "arm64", "platform_system": "Darwin"},
        ["macosx_13_0_arm64"],
    ),
    "macOS x86_64": (
        {"sys_platform": "darwin", "platform_machine": "x86_64", "platform_system": "Darwin"},
        ["macosx_13_0_x86_64"],
    ),
    "Windows x86_64": (
        {"sys_platform": "win32", "platform_machine": "AMD64", "platform_system": "Windows", "os_name": "nt"},
        ["win_amd64"],
    ),
}
_MISSING = re.compile(r"No matching distribution found for ([^=\s]+)")


def missing(system: str, python: str) -> list[str]:
    """What has no wheel for this system and Python."""
    environment, platforms = SYSTEMS[system]
    names = required(
        **environment,
        python_version=python,
        python_full_version=f"{python}.0",
        platform_python_implementation="CPython",
    )
    pins = pinned()
    if system == "macOS x86_64":
        del pins["cryptography"]  # by its marker in constraints.txt
    wanted = {name: f"{name}{versions}" for name, versions in names.items() if name not in pins}
    wanted |= {name: f"{name}=={pins[name]}" for name in names if name in pins and not is_pure(name)}
    absent: list[str] = []
    while wanted:
        found = _ask(sorted(wanted.values()), python, platforms)
        if found is None:
            break
        absent.append(wanted.pop(found))
    return absent


def _ask(wanted: list[str], python: str, platforms: list[str]) -> str | None:
    """The name of the first that has no wheel. Ends the program where the index does not answer."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [
                *(
                    sys.executable,
                    "-m",
                    "pip",
                    "install",
                    "--disable-pip-version-check",
                    "--quiet",
                    "--dry-run",
                ),
                *("--ignore-installed", "--no-deps", "--only-binary", ":all:", "--target", folder),
                *("--python-version", python, "--implementation", "cp"),
                *(part for platform in platforms for part in ("--platform", platform)),
                *wanted,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode == 0:
        return None
    found = _MISSING.search(done.stderr)
    if found is None:
        sys.exit(f"pip could not ask the package index:\n{done.stderr.strip()}")
    return found[1].lower()


def main() -> int:
    lacking = 0
    for system in sys.argv[1:] or SYSTEMS:
        for python in PYTHONS:
            absent = missing(system, python)
            lacking += len(absent)
            print(f"{system:<15} Python {python}: {', '.join(absent) or 'a wheel of everything'}", flush=True)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
