"""The dialog that opens a session, and what it shows before anything exists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest
from textual.widgets import Input, OptionList, Select, TextArea

from hptui.cluster.model import NodeImage
from hptui.cluster.port import Cluster
from hptui.errors import UsageError
from hptui.settings import Settings
from hptui.ui.screens.launch import CHECK_AFTER, OWN_IMAGE, LaunchScreen
from tests.ui.stage import NODE, Stage, on_stage


async def open_dialog(stage: Stage, node: str = NODE) -> LaunchScreen:
    await stage.choose(node)
    await stage.press("enter")
    await stage.until(lambda: isinstance(stage.app.screen, LaunchScreen))
    screen = stage.app.screen
    assert isinstance(screen, LaunchScreen)
    return screen


class WithoutImages:
    """A cluster whose nodes say of no image that they have it."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cluster, name)

    async def node_images(self, name: str) -> Sequence[NodeImage]:
        return ()


def yaml_of(screen: LaunchScreen) -> str:
    return screen.query_one("#launch-yaml", TextArea).text


async def test_the_manifest_follows_every_choice() -> None:
    async with on_stage() as stage:
        screen = await open_dialog(stage)
        await stage.until(lambda: "NT AUTHORITY" in yaml_of(screen))
        assert "SYSTEM" in yaml_of(screen)
        await stage.press("down")
        await stage.until(lambda: "Local service" in yaml_of(screen))
        screen.query_one("#deadline", Select).value = 7200
        await stage.until(lambda: "activeDeadlineSeconds: 7200" in yaml_of(screen))
        screen.query_one("#why", Input).value = "ticket 4711: [b]odd[/b]"
        await stage.until(lambda: "ticket 4711: [b]odd[/b]" in yaml_of(screen))
        assert stage.pods() == []


async def test_all_faults_of_a_node_have_lines_and_keys_are_explained_over_the_dialog() -> None:
    async with on_stage() as stage:
        screen = await open_dialog(stage, "rke2-win-03")
        note = str(screen.query_one("#account-note").render()).splitlines()
        assert [line[:16] for line in note] == ["✗ The node is no", "✗ The container "]
        for key in ("f1", "question_mark"):
            await stage.press(key)
            await stage.sees("The pod as YAML, over the whole screen")
            await stage.press("escape")
            await stage.until(lambda: stage.app.screen is screen)
        screen.query_one("#why", Input).focus()
        await stage.press("question_mark")
        assert screen.query_one("#why", Input).value == "?"
        await stage.press("f1")
        await stage.sees("The pod as YAML, over the whole screen")
        await stage.press("escape")
        stage.app.tell_error(UsageError("As an example.", title="An error"))
        stage.app.tell_error(UsageError("As an example.", title="An error"))
        await stage.sees("An error", "esc Dismiss")
        assert stage.text().count("An error") == 1
        await stage.press("escape")
        await stage.until(lambda: "An error" not in stage.text(), "it is dismissed")
        assert stage.app.screen is screen
        assert "Dismiss" not in stage.text()
        stage.app.notify("Copied")
        await stage.sees("Copied")
        await stage.press("escape")
        await stage.until(lambda: stage.app.screen is stage.fleet)
        await stage.until(lambda: "Copied" not in stage.text(), "mere information goes with it")


async def test_the_cluster_s_consent_is_asked_for_and_shown() -> None:
    async with on_stage() as stage:
        await open_dialog(stage)
        await stage.sees("✓ allowed", "✓ pod security", "✓ quota", "✓ shell")
        assert stage.pods() == []


async def test_a_namespace_that_forbids_it_is_told_beside_the_namespace() -> None:
    async with on_stage() as stage:
        screen = await open_dialog(stage)
        screen.query_one("#namespace", Input).value = "locked"
        await stage.until(lambda: "violates PodSecurity" in str(screen.query_one("#namespace-note").render()))
        await stage.sees("Pod security forbids HostProcess")


async def test_a_used_up_quota_is_told_apart_from_a_missing_right() -> None:
    async with on_stage() as stage:
        screen = await open_dialog(stage)
        screen.query_one("#namespace", Input).value = "tight"
        await stage.sees("✓ allowed")
        screen.query_one("#namespace", Input).value = "no-such-namespace"
        await stage.until(lambda: "not found" in str(screen.query_one("#namespace-note").render()))


async def test_a_group_is_checked_before_any_request() -> None:
    async with on_stage() as stage:
        screen = await open_dialog(stage)
        await stage.press("down", "down", "down")
        group = screen.query_one("#group", Input)
        await stage.until(lambda: group.display)
        group.value = "CONTOSO\\alice"
        await stage.until(lambda: "domain accounts" in str(screen.query_one("#account-note").render()))
        await stage.press("ctrl+o")
        assert isinstance(stage.app.screen, LaunchScreen)
        group.value = "hyper-v administrators"
        await stage.until(lambda: "hyper-v administrators" in yaml_of(screen))


async def test_a_choice_that_cannot_be_leaves_the_others_explained_and_no_consent_to_them() -> None:
    async with on_stage(size=(200, 60)) as stage:
        screen = await open_dialog(stage)
        await stage.sees("✓ allowed", "fits every Windows build")
        screen.query_one("#namespace", Input).value = "kube-system"
        await stage.until(lambda: "kube-system" in yaml_of(screen))  # and so the cluster is about to be asked
        screen.query_one("#namespace", Input).value = "Not_A_Name"
        await stage.sees("✗ 'Not_A_Name'", "fits every Windows build", "Everything on the node")
        await stage.pilot.pause(2 * CHECK_AFTER)
        assert "✓ allowed" not in stage.text()


async def test_enter_on_the_local_group_leads_to_its_name() -> None:
    async with on_stage() as stage:
        screen = await open_dialog(stage)
        await stage.press("up", "enter", *"Users")
        await stage.until(lambda: "Users" in yaml_of(screen))
        await stage.press("enter")
        await stage.prompt()
        assert stage.pane.session.spec.account.name == "Users"


async def test_a_namespace_that_there_is_not_is_told_with_a_way_out() -> None:
    async with on_stage(size=(160, 40)) as stage:
        screen = await open_dialog(stage)
        screen.query_one("#namespace", Input).value = "nosuch"
        await stage.sees('✗ namespaces "nosuch" not found', "kubectl --context hptui-demo --kubeconfig")
        await stage.press("ctrl+o")
        await stage.sees("get namespaces` lists them", "No pod was made.")


async def test_a_node_that_cannot_is_explained_once() -> None:
    async with on_stage(size=(200, 60)) as stage:
        await open_dialog(stage, "rke2-win-04")
        await stage.sees("Look at the machine itself")
        assert stage.text().count("Look at the machine itself") == 1


async def test_groups_cannot_be_chosen_where_containerd_is_too_old() -> None:
    async with on_stage() as stage:
        await stage.until(lambda: stage.fleet.state.complete)
        old = next(name for name, v in stage.fleet.state.verdicts.items() if v.eligible and not v.groups)
        screen = await open_dialog(stage, old)
        assert screen.query_one("#account", OptionList).get_option_at_index(3).disabled
        await stage.sees("needs containerd 1.7")


async def test_an_own_image_takes_a_pull_secret() -> None:
    async with on_stage() as stage:
        screen = await open_dialog(stage)
        screen.query_one("#image", Select).value = OWN_IMAGE
        own = screen.query_one("#own-image", Input)
        await stage.until(lambda: own.display)
        own.value = "registry.example.com/team/tools:1"
        screen.query_one("#pull-secret", Input).value = "regcred"
        await stage.until(lambda: "registry.example.com/team/tools:1" in yaml_of(screen))
        assert "regcred" in yaml_of(screen)
        own.value = "not an image"
        await stage.until(lambda: "cannot be an image" in str(screen.query_one("#image-note").render()))


async def test_images_that_the_node_has_are_offered() -> None:
    async with on_stage() as stage:
        screen = await open_dialog(stage)
        await stage.until(lambda: any(choice.kind == "node" for choice in screen._images))


@pytest.mark.parametrize(
    ("image", "line"),
    [
        ("vendor", "image: mcr.microsoft.com/powershell:lts-nanoserver-ltsc2022"),
        ("registry.example.com/team/tools:1", "image: registry.example.com/team/tools:1"),
        ("node", "imagePullPolicy: Never"),
    ],
)
async def test_the_dialog_starts_with_the_image_of_the_settings(image: str, line: str) -> None:
    async with on_stage(settings=Settings(image=image)) as stage:
        screen = await open_dialog(stage)
        await stage.until(lambda: line in yaml_of(screen), line)


async def test_a_session_at_once_can_use_what_the_node_already_has() -> None:
    async with on_stage(settings=Settings(image="node")) as stage:
        await stage.open_shell()
        (pod,) = [pod for pod in stage.cluster.pods() if pod["metadata"]["name"] in stage.pods()]
        assert pod["spec"]["containers"][0]["imagePullPolicy"] == "Never"


async def test_a_node_that_tells_of_no_image_leaves_the_base_image() -> None:
    async with on_stage(settings=Settings(image="node")) as stage:
        await stage.choose(NODE)
        cluster = stage.app.cluster
        assert cluster is not None
        dialog = LaunchScreen(
            stage.fleet.state.nodes[NODE], cast(Cluster, WithoutImages(cluster)), stage.app.settings
        )
        stage.app.push_screen(dialog)
        await stage.sees("✓ allowed")
        assert "windows-host-process-containers-base-image" in yaml_of(dialog)


async def test_a_deadline_over_the_limit_of_the_settings_is_not_offered() -> None:
    async with on_stage(settings=Settings(deadline=600, max_deadline=3600)) as stage:
        screen = await open_dialog(stage)
        offered = [value for _, value in screen._deadline_options()]
        assert max(offered) == 3600
        assert "activeDeadlineSeconds: 600" in yaml_of(screen)


async def test_who_may_not_create_pods_is_told_so() -> None:
    async with on_stage(user="viewer") as stage:
        await open_dialog(stage)
        await stage.sees("A right is missing", "create, watch, delete pods", "in namespace hptui")


async def test_escape_creates_nothing() -> None:
    async with on_stage() as stage:
        await open_dialog(stage)
        await stage.press("escape")
        await stage.until(lambda: stage.app.screen is stage.fleet)
        assert stage.pods() == []


async def test_the_manifest_over_the_whole_screen_and_copied() -> None:
    async with on_stage(size=(80, 24)) as stage:
        await open_dialog(stage)
        await stage.press("f2")
        await stage.sees("apiVersion", "kind: Pod")
        await stage.press("escape", "f3")
        await stage.until(lambda: "hostProcess: true" in stage.app.clipboard)
