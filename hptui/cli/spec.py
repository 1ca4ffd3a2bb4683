"""From the options to the session that they describe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hptui.cli.options import PodChoice
from hptui.errors import ClusterError, UsageError
from hptui.hostprocess.account import parse_account
from hptui.hostprocess.images import ImageChoice, ImageKind, check_pull_secret, choose_image
from hptui.hostprocess.manifest import SessionSpec
from hptui.hostprocess.origin import local_origin, new_session_id
from hptui.settings import Settings

if TYPE_CHECKING:
    from hptui.cluster.port import Cluster

ALL_NODES = "all-nodes"
"""Stands for no node in particular, where a DaemonSet is described."""


async def spec_for(cluster: Cluster, node: str, choice: PodChoice, settings: Settings) -> SessionSpec:
    """What the options and settings say about a session on `node`. Raises UsageError, ClusterError."""
    account = parse_account(settings.account)
    pull_secret = check_pull_secret(settings.pull_secret)
    image = await _image(cluster, node, settings.image)
    return SessionSpec(
        node=node,
        namespace=settings.namespace or cluster.info.namespace,
        session_id=new_session_id(),
        account=account,
        image=image,
        deadline=settings.deadline,
        reason=choice.reason,
        who=await _who(cluster),
        where_from=local_origin(),
        pull_secret=pull_secret,
    )


async def _image(cluster: Cluster, node: str, text: str) -> ImageChoice:
    """Asks the cluster only where the choice depends on the node."""
    word = text.strip().casefold()
    if word not in {ImageKind.VENDOR, ImageKind.NODE}:
        return choose_image(text, "")
    if node == ALL_NODES:
        raise UsageError(
            f"The image {word!r} depends on the node, and a DaemonSet has one image for all.",
            hint="Use --image base, which fits every Windows build, or name an image.",
        )
    if word == ImageKind.NODE:
        return choose_image(text, "", await cluster.node_images(node))
    return choose_image(text, (await cluster.get_node(node)).kernel_version)


async def _who(cluster: Cluster) -> str:
    """As the API server knows the user; the kubeconfig's name for it where the server does not tell."""
    try:
        return (await cluster.identify()).user
    except ClusterError:
        return cluster.info.user
