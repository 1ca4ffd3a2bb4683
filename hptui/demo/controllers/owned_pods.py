"""Pods that a controller makes from a template, and how they name their owner."""

from __future__ import annotations

from hptui.demo.objects.plain import Json, name_of, uid_of
from hptui.demo.objects.resources import PODS, Resource
from hptui.demo.rules import admission, defaults
from hptui.demo.world import World


def owner_reference(resource: Resource, owner: Json) -> Json:
    return {
        "apiVersion": resource.group_version,
        "kind": resource.kind,
        "name": name_of(owner),
        "uid": uid_of(owner),
        "controller": True,
        "blockOwnerDeletion": True,
    }


def create_pod(world: World, pod: Json, namespace: str) -> Json:
    """As the API server creates it, but that a template was validated before. Raises Refusal."""
    defaults.fill_metadata(pod, namespace)
    defaults.fill_pod(pod, world.store)
    admission.admit_references(world.store, pod)
    admission.admit_security(world.store, pod)
    admission.admit_quota(world.store, pod)
    world.counts.pods_created += 1
    return world.store.put(PODS, pod)
