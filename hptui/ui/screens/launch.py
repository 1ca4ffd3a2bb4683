"""The dialog that opens a session: account, image, time, namespace and why; the pod as YAML; the cluster's own verdict.

What the API server would refuse is shown beside the choice that causes it before anything exists: after each change the pod is
sent as a server-side dry run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import cast

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, OptionList, Select, Static, TextArea
from textual.widgets.option_list import Option

from hptui import format as fmt
from hptui.cluster.model import ClusterInfo, Node, NodeImage
from hptui.cluster.port import Cluster
from hptui.errors import (
    AccountError,
    AdmissionError,
    ForbiddenError,
    HptuiError,
    NotFoundError,
    PodSecurityError,
    QuotaError,
    UsageError,
)
from hptui.hostprocess.account import BUILT_IN_ACCOUNTS, Account, AdminExpected, parse_account
from hptui.hostprocess.eligibility import judge, supports_groups
from hptui.hostprocess.images import (
    ImageChoice,
    ImageKind,
    check_pull_secret,
    choose_image,
    image_choices,
    needs_node_images,
    own_image,
)
from hptui.hostprocess.manifest import SessionSpec, pod_manifest
from hptui.hostprocess.origin import local_origin, new_session_id
from hptui.hostprocess.preflight import acceptance
from hptui.hostprocess.yaml_text import to_yaml
from hptui.settings import Settings
from hptui.terminal.plain import plain
from hptui.ui.keys import KeyGroup
from hptui.ui.screens.object_view import ObjectScreen
from hptui.ui.tones import heading, join, tell
from hptui.ui.widgets.key_line import KeyLine

LAUNCH = KeyGroup("launch", "Open a session")
OWN_IMAGE = "own image …"
GROUP = "local group …"
DEADLINES = (900, 1800, 3600, 7200, 14400, 28800, 43200, 86400)  # seconds
ADMIN_WORDS = {
    AdminExpected.YES: "administrator",
    AdminExpected.NO: "not an administrator",
    AdminExpected.UNKNOWN: "depends on the group",
}
CHECK_AFTER = 0.25  # seconds without a change before the cluster is asked


def default_spec(
    node: Node, settings: Settings, info: ClusterInfo, images: Sequence[NodeImage] = ()
) -> SessionSpec:
    """A session with the settings' own choices. Raises UsageError where they don't fit this node.

    `images` are the node's own, wanted where `needs_node_images` says so of the settings' image.
    """
    return SessionSpec(
        node=node.name,
        namespace=settings.namespace or info.namespace,
        session_id=new_session_id(),
        account=parse_account(settings.account),
        image=choose_image(settings.image, node.kernel_version, images),
        deadline=settings.deadline,
        who=info.user,
        where_from=local_origin(),
        pull_secret=check_pull_secret(settings.pull_secret),
    )


class LaunchScreen(ModalScreen[SessionSpec | None]):
    """Ends with the SessionSpec to open, or None."""

    BINDINGS = [
        LAUNCH.key("ctrl+o,f5", "open", "Open", "Open the session with these choices; enter does it too", shown="^o"),
        LAUNCH.key("escape", "cancel", "Cancel", "Back to the nodes; nothing is created", shown="esc"),
        LAUNCH.key("f2", "yaml", "YAML", "The pod as YAML, over the whole screen"),
        LAUNCH.key("f3", "copy", "Copy YAML", "Copy the pod as YAML, for kubectl apply -f -"),
    ]  # fmt: skip

    def __init__(self, node: Node, cluster: Cluster, settings: Settings) -> None:
        super().__init__()
        self.node = node
        self.cluster = cluster
        self.settings = settings
        self._session_id = new_session_id()
        self._images: tuple[ImageChoice, ...] = image_choices(node.kernel_version)
        self._spec: SessionSpec | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="launch"):
            with Horizontal(id="launch-columns"):
                with VerticalScroll(id="launch-form"):
                    yield from self._compose_form()
                yield TextArea(read_only=True, soft_wrap=False, id="launch-yaml")
            yield Static(id="launch-verdict")
            with Horizontal(id="launch-buttons"):
                yield Button("Open", variant="primary", id="launch-open")
                yield Button("Cancel", id="launch-cancel")
        yield KeyLine()

    def _compose_form(self) -> ComposeResult:
        yield Label("Account")
        yield OptionList(*self._account_options(), id="account", compact=True)
        yield Input(placeholder="name of a local group on the node", id="group", compact=True)
        yield Static(id="account-note", classes="note")
        yield Label("Image")
        wanted = self._wanted_image()
        own = wanted is not None and wanted.kind is ImageKind.OWN
        yield Select(
            self._image_options(),
            value=OWN_IMAGE if own else _image_key(wanted or self._images[0]),
            allow_blank=False,
            id="image",
            compact=True,
        )
        yield Input(
            value=wanted.reference if wanted is not None and own else "",
            placeholder="registry.example.com/team/image:tag",
            id="own-image",
            compact=True,
        )
        yield Input(
            value=self.settings.pull_secret,
            placeholder="pull secret, if the registry wants one",
            id="pull-secret",
            compact=True,
        )
        yield Static(id="image-note", classes="note")
        yield Label("Ends after")
        yield Select(
            self._deadline_options(),
            value=self._default_deadline(),
            allow_blank=False,
            id="deadline",
            compact=True,
        )
        yield Label("Namespace")
        yield Input(
            value=self.settings.namespace or self.cluster.info.namespace, id="namespace", compact=True
        )
        yield Static(id="namespace-note", classes="note")
        yield Label("Why")
        yield Input(placeholder="ticket or reason; kept on the pod for others to see", id="why", compact=True)

    def on_mount(self) -> None:
        self.query_one("#launch").border_title = heading(f"Open a session on {self.node.name}")
        self.query_one("#launch-yaml").border_title = "Manifest"
        accounts = self.query_one("#account", OptionList)
        wanted = self._default_account()
        accounts.highlighted = next(
            (i for i, account in enumerate(BUILT_IN_ACCOUNTS) if account == wanted), len(BUILT_IN_ACCOUNTS)
        )
        if wanted.is_group:
            self.query_one("#group", Input).value = wanted.name
        accounts.focus()
        self._read_images()
        self._changed()

    # Choices

    def _default_account(self) -> Account:
        try:
            return parse_account(self.settings.account)
        except AccountError:
            return BUILT_IN_ACCOUNTS[0]

    def _account_options(self) -> list[Option]:
        options = [
            Option(
                join(f"{account.name:<28}", tell(ADMIN_WORDS[account.admin_expected], "dim")), id=account.name
            )
            for account in BUILT_IN_ACCOUNTS
        ]
        able = supports_groups(self.node)
        note = "member of that group only" if able else "needs containerd 1.7 or later"
        options.append(Option(join(f"{GROUP:<28}", tell(note, "dim")), id=GROUP, disabled=not able))
        return options

    def _image_options(self) -> list[tuple[str, str]]:
        options = [(_image_name(choice), _image_key(choice)) for choice in self._images]
        return [*dict.fromkeys(options), (OWN_IMAGE, OWN_IMAGE)]

    def _wanted_image(self, images: Sequence[NodeImage] = ()) -> ImageChoice | None:
        """What the settings ask for; None where this node has no such image, or is not yet known to have one."""
        try:
            return choose_image(self.settings.image, self.node.kernel_version, images)
        except UsageError:
            return None

    def _deadline_options(self) -> list[tuple[str, int]]:
        choices = {*DEADLINES, self._default_deadline()}
        return [(fmt.length(s), s) for s in sorted(choices) if s <= self.settings.max_deadline]

    def _default_deadline(self) -> int:
        return min(self.settings.deadline, self.settings.max_deadline)

    @work(group="launch-images", exclusive=True)
    async def _read_images(self) -> None:
        try:
            images: tuple[NodeImage, ...] = tuple(await self.cluster.node_images(self.node.name))
        except HptuiError as error:
            self.query_one("#image-note", Static).update(
                tell(f"What the node has is not known: {plain(error.message)}", "dim")
            )
            return
        select = self.query_one("#image", Select)
        chosen = select.value
        self._images = image_choices(self.node.kernel_version, images)
        select.set_options(self._image_options())
        wanted = self._wanted_image(images) if needs_node_images(self.settings.image) else None
        if wanted is not None and chosen == _image_key(self._images[0]):
            chosen = _image_key(wanted)
        select.value = chosen

    def _account(self) -> Account:
        accounts = self.query_one("#account", OptionList)
        index = accounts.highlighted or 0
        if index < len(BUILT_IN_ACCOUNTS):
            return BUILT_IN_ACCOUNTS[index]
        return parse_account(self.query_one("#group", Input).value)

    def _image(self) -> ImageChoice:
        key = self.query_one("#image", Select).value
        if key == OWN_IMAGE:
            return own_image(self.query_one("#own-image", Input).value)
        return next(choice for choice in self._images if _image_key(choice) == key)

    def _make_spec(self) -> SessionSpec:
        return SessionSpec(
            node=self.node.name,
            namespace=self.query_one("#namespace", Input).value.strip(),
            session_id=self._session_id,
            account=self._account(),
            image=self._image(),
            deadline=cast(int, self.query_one("#deadline", Select).value),
            reason=self.query_one("#why", Input).value,
            who=self.cluster.info.user,
            where_from=local_origin(),
            pull_secret=check_pull_secret(self.query_one("#pull-secret", Input).value),
        )

    # What follows from a change

    @on(OptionList.OptionHighlighted, "#account")
    @on(Select.Changed)
    @on(Input.Changed)
    def _changed(self) -> None:
        """Show the pod as it would be now and ask the cluster about it, once the typing pauses."""
        group = (self.query_one("#account", OptionList).highlighted or 0) >= len(BUILT_IN_ACCOUNTS)
        self.query_one("#group").display = group
        own = self.query_one("#image", Select).value == OWN_IMAGE
        self.query_one("#own-image").display = own
        self.query_one("#pull-secret").display = own or bool(self.settings.pull_secret)
        self._explain()
        try:
            self._spec = self._make_spec()
        except UsageError as error:
            self._spec = None
            self.workers.cancel_group(self, "launch-check")  # its answer is about other choices
            self._refuse(error)
            return
        area = self.query_one("#launch-yaml", TextArea)
        area.load_text(to_yaml(pod_manifest(self._spec)))
        self._check(self._spec)

    def _explain(self) -> None:
        """What each choice means, as far as it can be one."""
        for note in self.query(".note").results(Static):
            note.update("")
        with suppress(UsageError):
            self.query_one("#account-note", Static).update(self._account_note(self._account()))
        with suppress(UsageError):
            image = self._image()
            text = plain(f"{image.explanation} {image.reference}")
            self.query_one("#image-note", Static).update(tell(text, "dim"))

    def _account_note(self, account: Account) -> Content:
        if blocking := judge(self.node, account).blocking:
            return Content("\n").join(
                tell(f"✗ {plain(self.cluster.options.pinned(reason.sentence))}", "bad") for reason in blocking
            )
        return tell(plain(account.description), "dim")

    @work(group="launch-check", exclusive=True)
    async def _check(self, spec: SessionSpec) -> None:
        verdict = self.query_one("#launch-verdict", Static)
        verdict.update(tell("… asking the API server whether it would accept this pod", "dim"))
        await asyncio.sleep(CHECK_AFTER)
        try:
            warnings = await acceptance(self.cluster, spec)
        except HptuiError as error:
            self._refuse(error)
            return
        parts = [tell("✓ allowed   ✓ pod security   ✓ quota   ✓ shell   ✓ deletion", "good")]
        parts += [tell(f"! {plain(warning)}", "warn") for warning in warnings]
        verdict.update(Content("\n").join(parts))

    def _refuse(self, error: HptuiError) -> None:
        """An error beside the choice that causes it, its way out below."""
        text = tell(f"✗ {plain(error.message)}", "bad")
        place = _place(error)
        if place:
            self.query_one(f"#{place}-note", Static).update(text)
        head = tell(f"✗ {plain(error.heading)}", "bad")
        body = "" if place else join("\n", plain(error.message))
        self.query_one("#launch-verdict", Static).update(
            join(head, body, "\n", tell(plain(error.hint), "strong"))
        )

    # Actions

    @on(OptionList.OptionSelected, "#account")
    def _account_chosen(self, event: OptionList.OptionSelected) -> None:
        group = self.query_one("#group", Input)
        if event.option.id == GROUP and not group.value:
            group.focus()
        else:
            self.action_open()

    @on(Input.Submitted)
    @on(Button.Pressed, "#launch-open")
    def action_open(self) -> None:
        if self._spec is None:
            self.app.bell()
            return
        self.dismiss(self._spec)

    @on(Button.Pressed, "#launch-cancel")
    def action_cancel(self) -> None:
        self.dismiss(None)

    def action_yaml(self) -> None:
        if self._spec is not None:
            self.app.push_screen(
                ObjectScreen(f"Pod {self._spec.pod_name}", to_yaml(pod_manifest(self._spec)))
            )

    def action_copy(self) -> None:
        if self._spec is not None:
            self.app.copy_to_clipboard(to_yaml(pod_manifest(self._spec)))
            command = self.cluster.options.pinned("kubectl apply -f -")
            self.notify(f"Copied the manifest; {plain(command)} accepts it", markup=False)


def _image_key(choice: ImageChoice) -> str:
    """The base image may be on the node as well: then it is two choices, one of which is never pulled."""
    return f"{choice.kind} {choice.reference}"


def _image_name(choice: ImageChoice) -> str:
    """The kind and what tells images apart: the last part of the reference; the note below has it whole."""
    return f"{choice.kind}: {plain(choice.reference.rpartition('/')[2])}"


def _place(error: HptuiError) -> str:
    """The choice that an error belongs to: account, image, namespace, or none of them."""
    match error:
        case AccountError():
            return "account"
        case PodSecurityError() | QuotaError() | AdmissionError() | NotFoundError() | ForbiddenError():
            return "namespace"
        case UsageError():
            return (
                "image"
                if "image" in error.heading.lower() or "secret" in error.heading.lower()
                else "namespace"
            )
    return ""
