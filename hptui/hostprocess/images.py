"""The image of a session's pod: a formality for HostProcess, but one that has to be pulled and has to fit.

The process runs on the host's own files, so the image is only a place to start from. The HostProcess base image is a few
kilobytes and fits every Windows build; anything else must match the node's build.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hptui.cluster.model import NodeImage
from hptui.errors import UsageError
from hptui.failures import local
from hptui.hostprocess.windows import build_number, windows_name

BASE_IMAGE = "mcr.microsoft.com/oss/kubernetes/windows-host-process-containers-base-image:v1.0.0"

_VENDOR_IMAGES = {
    17763: "mcr.microsoft.com/powershell:lts-nanoserver-1809",
    20348: "mcr.microsoft.com/powershell:lts-nanoserver-ltsc2022",
}

_REFERENCE = re.compile(
    r"[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]{1,5})?"  # a host, or the first part of a path
    r"(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?"
    r"(?:@[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,})?"
)
_SECRET_NAME = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")


class ImageKind(StrEnum):
    BASE = "base"
    VENDOR = "vendor"
    NODE = "node"
    OWN = "own"


class PullPolicy(StrEnum):
    IF_NOT_PRESENT = "IfNotPresent"
    NEVER = "Never"


@dataclass(frozen=True, slots=True)
class ImageChoice:
    kind: ImageKind
    reference: str
    explanation: str  # one line
    pull_policy: PullPolicy = PullPolicy.IF_NOT_PRESENT
    size: int | None = None  # bytes on the node, where it is there already


@dataclass(frozen=True, slots=True)
class _Known:
    pattern: re.Pattern[str]
    explanation: str


# What a Windows node usually has, best first.
_KNOWN = (
    _Known(re.compile(r"windows-host-process-containers-base-image"), "the HostProcess base image"),
    _Known(
        re.compile(r"/pause[:@]|/pause-win|^pause[:@]"), "the pause image; every node that runs pods has one"
    ),
    _Known(re.compile(r"/nanoserver\b"), "Nano Server, the smallest Windows image"),
    _Known(re.compile(r"/powershell[:@]"), "PowerShell's own image"),
    _Known(re.compile(r"/servercore\b"), "Windows Server Core"),
)


def base_image() -> ImageChoice:
    return ImageChoice(
        ImageKind.BASE, BASE_IMAGE, "The HostProcess base image: a few KB, fits every Windows build."
    )


def vendor_image(kernel_version: str) -> ImageChoice | None:
    """The image of Microsoft's HostProcess page that matches the node's build; None where there is none."""
    build = build_number(kernel_version)
    reference = _VENDOR_IMAGES.get(build) if build is not None else None
    if reference is None:
        return None
    return ImageChoice(
        ImageKind.VENDOR,
        reference,
        f"Microsoft's example image for Windows Server {windows_name(kernel_version)}; its tag is no longer maintained.",
    )


def own_image(reference: str) -> ImageChoice:
    """Any image by its reference. Raises UsageError when it cannot be one."""
    text = reference.strip()
    if not text:
        raise UsageError("No image was given.", title=local.NOT_IMAGE.title, hint=local.NOT_IMAGE.hint)
    if len(text) > 512 or not _REFERENCE.fullmatch(text):
        raise UsageError(
            f"{text[:200]!a} cannot be an image reference.",
            title=local.NOT_IMAGE.title,
            hint=local.NOT_IMAGE.hint,
        )
    return ImageChoice(ImageKind.OWN, text, "An image of your own; it must match the node's Windows build.")


def check_pull_secret(name: str) -> str:
    """The name, when it can be a secret's; "" stays "". Raises UsageError otherwise."""
    text = name.strip()
    if text and (len(text) > 253 or not _SECRET_NAME.fullmatch(text)):
        raise UsageError(
            f"{text[:200]!a} cannot be the name of a secret.",
            title="Not a pull secret",
            hint="Give the name of a secret of type kubernetes.io/dockerconfigjson in the session's namespace.",
        )
    return text


def node_image_choices(images: Iterable[NodeImage]) -> tuple[ImageChoice, ...]:
    """What the node already has, most fitting first: for clusters that cannot pull. None of them is ever pulled."""
    ranked = []
    for image in images:
        reference = _best_name(image.names)
        if reference is None:
            continue
        rank, explanation = _known(image.names)
        choice = ImageChoice(
            ImageKind.NODE, reference, f"Already on the node: {explanation}.", PullPolicy.NEVER, image.size
        )
        ranked.append((rank, image.size, choice))
    ranked.sort(key=lambda item: item[:2])
    return tuple(choice for _, _, choice in ranked)


def image_choices(kernel_version: str, images: Iterable[NodeImage] = ()) -> tuple[ImageChoice, ...]:
    """All that can be offered for a node, the default first; an own image comes beside these."""
    vendor = vendor_image(kernel_version)
    return (base_image(), *((vendor,) if vendor else ()), *node_image_choices(images))


def needs_node_images(text: str) -> bool:
    """Whether `choose_image` must be told what the node has."""
    return text.strip().casefold() == ImageKind.NODE


def choose_image(text: str, kernel_version: str, images: Sequence[NodeImage] = ()) -> ImageChoice:
    """The image that a word ("base", "vendor", "node") or a reference means. Raises UsageError where there is none."""
    word = text.strip().casefold()
    if word in {"", ImageKind.BASE}:
        return base_image()
    if word == ImageKind.VENDOR:
        vendor = vendor_image(kernel_version)
        if vendor is None:
            raise UsageError(
                f"Microsoft's page has no image for Windows {windows_name(kernel_version) or 'of an unknown build'}.",
                title=local.NO_VENDOR_IMAGE.title,
                hint=local.NO_VENDOR_IMAGE.hint,
            )
        return vendor
    if word == ImageKind.NODE:
        choices = node_image_choices(images)
        if not choices:
            raise UsageError(
                "The node reports no image that it has.", title="No such image", hint="Name an image instead."
            )
        return choices[0]
    return own_image(text)


def _best_name(names: Sequence[str]) -> str | None:
    """A name with a tag says more than one with a digest."""
    usable = [name for name in names if _REFERENCE.fullmatch(name) and "<none>" not in name]
    tagged = [name for name in usable if "@" not in name]
    return next(iter(tagged or usable), None)


def _known(names: Sequence[str]) -> tuple[int, str]:
    for rank, known in enumerate(_KNOWN):
        if any(known.pattern.search(name) for name in names):
            return rank, known.explanation
    return len(_KNOWN), "an image of another workload"
