"""Which rights a person lacks for a session, asked before anything exists.

Whoever may create a pod and not delete it would leave a SYSTEM pod behind; whoever may not exec would make one for nothing.
So a launch needs every right on pods and on exec, each of which the API server is asked for by name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from hptui.cluster.port import Cluster
from hptui.errors import ForbiddenError, InvalidError, LaunchError, UnavailableError
from hptui.failures import launching
from hptui.hostprocess.rights import EXEC, PODS, Right
from hptui.hostprocess.steps import StepName

NEEDED = (PODS, EXEC)


@dataclass(frozen=True, slots=True)
class Lack:
    right: Right
    verbs: tuple[str, ...]

    @property
    def words(self) -> str:
        return f"{', '.join(self.verbs)} {self.right.name}"


@dataclass(frozen=True, slots=True)
class Rights:
    """What was found: the lacks, or why nobody knows."""

    lacks: tuple[Lack, ...]
    unknown: str = ""

    def refusal(self, namespace: str, user: str) -> LaunchError | None:
        """What a launch ends in; None where nothing is lacking."""
        if not self.lacks:
            return None
        return LaunchError(
            f"You may not {' and '.join(lack.words for lack in self.lacks)} in namespace {namespace}, "
            "which a session needs to its end: nothing is created.",
            step=StepName.CHECKED,
            title=launching.LACKING.title,
            hint=launching.LACKING.hint.format(command=_mend(self.lacks, namespace, user)),
        )


async def ask_rights(cluster: Cluster, namespace: str) -> Rights:
    """One question for each verb. Raises ClusterError where the cluster does not answer."""
    asked = [(right, verb) for right in NEEDED for verb in right.verbs]
    try:
        answers = await asyncio.gather(
            *(
                cluster.may(verb, right.resource, namespace=namespace, group=right.group)
                for right, verb in asked
            )
        )
    except (
        ForbiddenError,
        UnavailableError,
        InvalidError,
    ) as error:  # a cluster where such a question is not allowed
        return Rights((), f"Whether you may delete the pod could not be asked: {error.message}")
    missing = [pair for pair, answer in zip(asked, answers, strict=True) if not answer.allowed]
    return Rights(
        tuple(
            Lack(right, verbs)
            for right in NEEDED
            if (verbs := tuple(verb for lacking, verb in missing if lacking is right))
        )
    )


def _mend(lacks: Sequence[Lack], namespace: str, user: str) -> str:
    """One line: the commands for one right, and for more of them all roles at once."""
    if len(lacks) > 1:
        return roles_command(namespace, user)
    (lack,) = lacks
    return " && ".join(lack.right.grant(lack.verbs, namespace, user).splitlines())


def roles_command(namespace: str, user: str) -> str:
    from shlex import quote

    return f"hptui manifest --roles --user {quote(user)} -n {quote(namespace)} | kubectl apply -f -"
