"""What is installed beside hptui: known, pinned, needed, and under a licence that goes with hptui's."""

from __future__ import annotations

import re
from importlib import metadata

import pytest
from packaging.utils import canonicalize_name

from tests.requirements import ROOT, is_pure, pinned, required

RUNTIME = sorted(required())
DEVELOPMENT = sorted(required("dev"))

LICENCES = re.compile(
    r"\b(MIT(-0)?|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla Public License 2|CNRI-Python|WTFPL)\b",
    re.I,
)
"""Permissive ones, and the MPL 2.0, which asks for its own files only."""

FORBIDDEN = re.compile(r"\b(A?GPL|LGPL|SSPL|BUSL|Commons Clause|Non-?Commercial|Proprietary)\b", re.I)

# Compiled, so that a wheel for each system and Python matters; `make wheels` asks the index for them.
NATIVE = {
    "aiohttp",
    "cffi",
    "charset-normalizer",
    "cryptography",
    "frozenlist",
    "msgspec",
    "multidict",
    "propcache",
    "pydantic-core",
    "pyghostty",
    "pyyaml",
    "regex",
    "wcwidth",
    "yarl",
}


def licence(name: str) -> str:
    """All that a package says of its licence; where that is nothing, the file itself."""
    about = metadata.distribution(name)
    fields = [line for key in ("License-Expression", "License") for line in about.metadata.get_all(key) or ()]
    fields += [line for line in about.metadata.get_all("Classifier") or () if line.startswith("License")]
    said = " ".join(fields)
    if said:
        return said
    return " ".join(f.read_text() for f in about.files or () if "licen" in f.name.lower())


@pytest.mark.parametrize("name", RUNTIME)
def test_its_licence_goes_with_apache_2(name: str) -> None:
    said = licence(name)
    assert LICENCES.search(said), said[:200]
    assert not FORBIDDEN.search(said), said[:200]


@pytest.mark.parametrize("name", DEVELOPMENT)
def test_it_is_pinned_at_the_version_that_is_tested(name: str) -> None:
    assert pinned().get(name) == metadata.version(name)


def test_nothing_is_pinned_that_nothing_needs() -> None:
    assert sorted(pinned()) == DEVELOPMENT


def test_nothing_is_installed_that_nothing_needs() -> None:
    """Beside what makes an environment one."""
    here = {canonicalize_name(found.metadata["Name"]) for found in metadata.distributions()}
    assert here - {"pip", "setuptools", "wheel", "hptui"} <= set(DEVELOPMENT)


def test_what_is_compiled_is_known() -> None:
    assert {name for name in RUNTIME if not is_pure(name)} == NATIVE & set(RUNTIME)


@pytest.mark.parametrize("name", RUNTIME)
def test_it_takes_every_python_that_hptui_does(name: str) -> None:
    from packaging.specifiers import SpecifierSet

    (said,) = metadata.metadata(name).get_all("Requires-Python") or [""]
    wanted = SpecifierSet(said)
    assert all(version in wanted for version in ("3.11.0", "3.12.0", "3.13.0", "3.14.0"))


def test_nothing_reports_home() -> None:
    """No package whose trade is telemetry, crash reports or updates of itself."""
    known = re.compile(
        r"sentry|posthog|segment|telemetry|mixpanel|amplitude|rollbar|bugsnag|datadog|newrelic|statsd"
    )
    assert not [name for name in RUNTIME if known.search(name)]


def test_the_lock_says_nothing_of_where_it_was_made() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:|@|index-url|trusted-host", text)
