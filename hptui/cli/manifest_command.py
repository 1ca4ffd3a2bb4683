"""`hptui manifest`: the pod that a session would be, as YAML for reading and for `kubectl apply -f -`."""

from __future__ import annotations

import click

from hptui.cli.options import Connection, PodChoice, connection_options, pod_options

_ON_ALL_NODES = (
    "One HostProcess pod on every Windows node, until this DaemonSet is deleted:",
    "unlike a session's pod it cannot have a deadline (activeDeadlineSeconds).",
)


@click.command("manifest")
@click.argument("node", required=False)
@click.option(
    "--daemonset", is_flag=True, help="A DaemonSet for all Windows nodes instead of one node's pod."
)
@click.option("--roles", is_flag=True, help="The roles that hptui needs, instead of a pod.")
@click.option("--user", metavar="NAME", help="With --roles: bind them to this user.")
@click.option("--group", metavar="NAME", help="With --roles: bind them to this group.")
@pod_options
@connection_options
def manifest_command(
    node: str | None,
    daemonset: bool,
    roles: bool,
    user: str | None,
    group: str | None,
    choice: PodChoice,
    connection: Connection,
) -> int:
    """Print the pod of a session on NODE as YAML; `kubectl apply -f -` accepts it.

    Nothing is created. The cluster is asked for who you are and, for --image vendor or node, what the node is.
    """
    if (node is not None) + daemonset + roles != 1:
        raise click.UsageError("Name one NODE, or give --daemonset or --roles without one.")
    if not roles and (user or group):
        raise click.UsageError("--user and --group say whom --roles are for.")
    if roles:
        return _print_roles(user, group, connection)

    from hptui.cli.connecting import connected
    from hptui.cli.running import run_cancellable
    from hptui.cli.spec import ALL_NODES, spec_for
    from hptui.hostprocess.manifest import daemonset_manifest, pod_manifest, to_yaml

    settings = choice.load_settings(connection)

    async def print_manifest() -> int:
        async with connected(connection, settings) as cluster:
            spec = await spec_for(cluster, node or ALL_NODES, choice, settings)
        if node is None:
            click.echo(to_yaml(daemonset_manifest(spec), comments=_ON_ALL_NODES), nl=False)
        else:
            click.echo(to_yaml(pod_manifest(spec)), nl=False)
        return 0

    return run_cancellable(print_manifest)


def _print_roles(user: str | None, group: str | None, connection: Connection) -> int:
    """No request is made; the namespace is the one that a session would be in."""
    from hptui.cli.connecting import connected
    from hptui.cli.running import run_cancellable
    from hptui.hostprocess import roles

    settings = connection.load_settings().settings

    async def print_roles() -> int:
        namespace = settings.namespace
        if not namespace:
            async with connected(connection, settings) as cluster:
                namespace = cluster.info.namespace
        manifests = [*roles.roles(namespace)]
        for kind, name in (("User", user), ("Group", group)):
            if name:
                manifests += roles.bindings(namespace, kind, name)
        click.echo(roles.as_yaml(manifests), nl=False)
        return 0

    return run_cancellable(print_roles)
