"""What is said about a credential before it ends, and what not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hptui.cluster.model import Credential, CredentialKind
from hptui.hostprocess.doctor.check import Health
from hptui.hostprocess.doctor.examination import credential_check
from hptui.hostprocess.login import Stage, description, notice

NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)


def minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


def token(ends: float | None, **more: Any) -> Credential:
    return Credential(CredentialKind.TOKEN, "me", None if ends is None else minutes(ends), **more)


@pytest.mark.parametrize(
    ("ends", "deadlines", "stage"),
    [
        (None, [60], None),
        (600, [], None),
        (600, [60], None),
        (45, [], None),
        (29, [], Stage.NOTED),
        (29, [20], Stage.NOTED),
        (45, [60], Stage.OUTLIVED),
        (600, [60, 601], Stage.OUTLIVED),
        (12, [], Stage.SOON),
        (12, [55], Stage.SOON),
        (0, [], Stage.ENDED),
        (-5, [55], Stage.ENDED),
    ],
)
def test_when_something_is_said(ends: float | None, deadlines: list[float], stage: Stage | None) -> None:
    found = notice(token(ends), NOW, [minutes(one) for one in deadlines])
    assert (found.stage if found else None) == stage


def test_the_sessions_deadline_is_compared() -> None:
    found = notice(token(12, login="oc login https://api.example"), NOW, [minutes(55)])
    assert found is not None
    assert found.short == "token ends in 12 min"
    assert found.words == (
        "The token of me ends in 12 min, the deadline of a session is in 55 min: "
        "deleting its pod after that needs you to log in again."
    )
    assert "`oc login https://api.example`" in found.hint


def test_what_renews_itself_is_nobodys_trouble_until_it_cannot() -> None:
    plugin = Credential(CredentialKind.PLUGIN, "kubelogin", minutes(4), renews=True, login="az login")
    assert notice(plugin, NOW, [minutes(55)]) is None
    failing = Credential(
        CredentialKind.PLUGIN, "kubelogin", minutes(4), True, "az login", "AADSTS70043: sign in again."
    )
    found = notice(failing, NOW)
    assert found is not None
    assert found.stage is Stage.FAILED
    assert "kubelogin could not be renewed and ends in 4:00. AADSTS70043" in found.words
    assert "`az login`" in found.hint
    ended = notice(failing, minutes(5))
    assert ended is not None
    assert ended.stage is Stage.ENDED
    assert "AADSTS70043" in ended.words


def test_a_plugin_that_never_gave_anything() -> None:
    found = notice(Credential(CredentialKind.PLUGIN, "my-own", None, True, "", "It failed."), NOW)
    assert found is not None
    assert (found.stage, found.short) == (Stage.FAILED, "login needed")


@pytest.mark.parametrize("kind", list(CredentialKind))
def test_every_kind_has_words_and_a_way(kind: CredentialKind) -> None:
    found = notice(Credential(kind, "it", minutes(5)), NOW)
    assert found is not None
    assert found.hint
    assert description(Credential(kind, "it", minutes(500)))
    assert notice(None, NOW) is None


@pytest.mark.parametrize(
    ("credential", "health", "words"),
    [
        (token(None), Health.OK, "does not say when it ends"),
        (token(600), Health.OK, "token of me, until 2026-11-27"),
        (token(40), Health.WARN, "the deadline of a session is in 1 h 00 min"),
        (Credential(CredentialKind.PLUGIN, "aws", minutes(14), renews=True), Health.OK, "renewed by itself"),
        (
            Credential(CredentialKind.CERTIFICATE, "me", minutes(5)),
            Health.WARN,
            "client certificate of me ends",
        ),
        (None, Health.UNKNOWN, "Nothing"),
    ],
)
def test_what_the_doctor_says(credential: Credential | None, health: Health, words: str) -> None:
    check = credential_check(credential, NOW, 3600)
    assert check.health is health
    assert words in check.found
    assert bool(check.mend) == (health is Health.WARN)
