"""The image of a session: a default that fits everywhere, the vendor's by build, one's own, or what the node has."""

from __future__ import annotations

import pytest

from hptui.cluster.model import NodeImage
from hptui.errors import UsageError
from hptui.hostprocess.images import (
    BASE_IMAGE,
    ImageKind,
    PullPolicy,
    check_pull_secret,
    choose_image,
    image_choices,
    node_image_choices,
)
from tests.hostprocess.recordings import exchanges


def recorded_images() -> tuple[NodeImage, ...]:
    node = exchanges("nodes")["node-get-full"]["response"]["body"]
    return tuple(NodeImage(tuple(i["names"]), i["sizeBytes"]) for i in node["status"]["images"])


def test_the_default_is_the_base_image() -> None:
    assert choose_image("base", "10.0.20348.1").reference == BASE_IMAGE
    assert choose_image("", "").reference == BASE_IMAGE


@pytest.mark.parametrize(
    ("kernel", "reference"),
    [
        ("10.0.17763.6414", "mcr.microsoft.com/powershell:lts-nanoserver-1809"),
        ("10.0.20348.2700", "mcr.microsoft.com/powershell:lts-nanoserver-ltsc2022"),
    ],
)
def test_the_vendors_image_matches_the_build(kernel: str, reference: str) -> None:
    assert choose_image("vendor", kernel).reference == reference


def test_where_the_vendor_has_none_that_is_said() -> None:
    with pytest.raises(UsageError, match="no image for Windows 2025"):
        choose_image("vendor", "10.0.26100.4061")
    assert [c.kind for c in image_choices("10.0.26100.4061")] == [ImageKind.BASE]


def test_what_the_node_has_is_ranked_and_never_pulled() -> None:
    choices = node_image_choices(recorded_images())
    assert choices[0].reference == "mcr.microsoft.com/oss/kubernetes/pause:ltsc2022-3"
    assert choices[1].reference == "mcr.microsoft.com/windows/nanoserver:ltsc2022-1"
    assert {c.reference.split("/")[0] for c in choices[-2:]} == {"registry.example.com"}
    assert {c.pull_policy for c in choices} == {PullPolicy.NEVER}
    assert choose_image("node", "", recorded_images()) == choices[0]


def test_the_base_image_on_the_node_comes_before_pause() -> None:
    base = NodeImage((BASE_IMAGE,), 3000)
    assert node_image_choices((*recorded_images(), base))[0].reference == BASE_IMAGE


def test_names_that_are_none_are_left_out() -> None:
    images = (NodeImage(("<none>@<none>", "<none>:<none>"), 1), NodeImage((), 2))
    assert node_image_choices(images) == ()
    with pytest.raises(UsageError, match="no image that it has"):
        choose_image("node", "", images)


@pytest.mark.parametrize(
    "reference",
    [
        "registry.example.com/team/tool:ltsc2022",
        "registry.example.com:5000/team/tool",
        "localhost:5000/x",
        "nanoserver",
        "mcr.microsoft.com/powershell@sha256:" + "0" * 64,
    ],
)
def test_references_of_ones_own_are_taken_as_they_are(reference: str) -> None:
    choice = choose_image(f" {reference} ", "")
    assert (choice.kind, choice.reference, choice.pull_policy) == (
        ImageKind.OWN,
        reference,
        PullPolicy.IF_NOT_PRESENT,
    )


@pytest.mark.parametrize(
    "text", ["https://registry/x", "a b", "x:y:z", "a\nb", "/x", "x/", "UPPER/Case", "x;y", "x" * 600]
)
def test_what_cannot_be_a_reference_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        choose_image(text, "")


def test_pull_secrets_have_names_of_objects() -> None:
    assert check_pull_secret(" my.secret-1 ") == "my.secret-1"
    assert check_pull_secret("") == ""
    for wrong in ("My Secret", "-x", "a/b", "x" * 254):
        with pytest.raises(UsageError):
            check_pull_secret(wrong)


def test_explanations_are_one_line_each() -> None:
    choices = image_choices("10.0.20348.2700", recorded_images())
    assert len(choices) == 2 + len(recorded_images())
    assert all(c.explanation and "\n" not in c.explanation for c in choices)
