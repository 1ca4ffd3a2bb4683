"""What the API server fills in: defaults, the service account's volume, labels of the node's place."""

from __future__ import annotations

from hptui.demo.objects.plain import Json, dig, meta, new_uid, now, random_suffix
from hptui.demo.objects.resources import NODES
from hptui.demo.objects.store import Store

_TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
_TOPOLOGY = ("topology.kubernetes.io/region", "topology.kubernetes.io/zone")
_DEFAULT_TOLERATIONS = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def fill_metadata(obj: Json, namespace: str) -> None:
    """Name, uid, time and generation of a new object."""
    found = meta(obj)
    if not found.get("name") and found.get("generateName"):
        found["name"] = f"{found['generateName'][:58]}{random_suffix()}"
    if namespace:
        found["namespace"] = namespace
    for server_side in ("resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"):
        found.pop(server_side, None)
    found["uid"] = new_uid()
    found["creationTimestamp"] = now()
    for empty in [key for key in ("labels", "annotations") if key in found and not found[key]]:
        del found[empty]


def fill_pod(pod: Json, store: Store) -> None:
    """A new pod, ready to be validated and stored."""
    meta(pod)["generation"] = 1
    spec = pod["spec"]
    fill_pod_spec(spec)
    account = spec.get("serviceAccountName") or spec.get("serviceAccount") or "default"
    spec["serviceAccountName"] = spec["serviceAccount"] = account
    _mount_token(spec)
    spec.setdefault("priority", 0)
    spec.setdefault("enableServiceLinks", True)
    spec.setdefault("preemptionPolicy", "PreemptLowerPriority")
    _tolerate(spec)
    pod["status"] = {"phase": "Pending", "qosClass": _quality(spec)}
    label_place(pod, store)


def fill_pod_spec(spec: Json) -> None:
    """The defaults that a pod template gets as well."""
    spec.setdefault("restartPolicy", "Always")
    spec.setdefault("terminationGracePeriodSeconds", 30)
    spec.setdefault("dnsPolicy", "ClusterFirst")
    spec.setdefault("securityContext", {})
    spec.setdefault("schedulerName", "default-scheduler")
    if not spec.get("hostNetwork", False):
        spec.pop("hostNetwork", None)
    containers = spec.get("containers")
    for container in containers if isinstance(containers, list) else []:
        container.setdefault("resources", {})
        container.setdefault("terminationMessagePath", "/dev/termination-log")
        container.setdefault("terminationMessagePolicy", "File")
        image = str(container.get("image") or "")
        tag = image.rpartition(":")[2] if ":" in image.rpartition("/")[2] else "latest"
        container.setdefault("imagePullPolicy", "Always" if tag == "latest" else "IfNotPresent")


def _mount_token(spec: Json) -> None:
    if spec.get("automountServiceAccountToken") is False:
        return
    name = f"kube-api-access-{random_suffix()}"
    sources = [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {
            "downwardAPI": {
                "items": [
                    {
                        "path": "namespace",
                        "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"},
                    }
                ]
            }
        },
    ]
    spec.setdefault("volumes", []).append(
        {"name": name, "projected": {"sources": sources, "defaultMode": 420}}
    )
    for container in spec.get("containers") or []:
        mounts = container.setdefault("volumeMounts", [])
        if not any(m.get("mountPath") == _TOKEN_PATH for m in mounts):
            mounts.append({"name": name, "readOnly": True, "mountPath": _TOKEN_PATH})


def _tolerate(spec: Json) -> None:
    """DefaultTolerationSeconds: five minutes on a node that is not ready, unless something is said about it."""
    tolerations = spec.setdefault("tolerations", [])
    for key in _DEFAULT_TOLERATIONS:
        if not any(tolerates(t, key, "NoExecute") for t in tolerations):
            tolerations.append(
                {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
            )


def tolerates(toleration: Json, key: str, effect: str, value: str = "") -> bool:
    if toleration.get("effect") and toleration["effect"] != effect:
        return False
    if toleration.get("key") and toleration["key"] != key:
        return False
    if toleration.get("operator", "Equal") == "Exists":
        return True
    return bool(toleration.get("key")) and toleration.get("value", "") == value


def _quality(spec: Json) -> str:
    containers = spec.get("containers") or []
    asked = [c.get("resources") or {} for c in containers]
    if not any(a.get("requests") or a.get("limits") for a in asked):
        return "BestEffort"
    return "Burstable"


def label_place(pod: Json, store: Store) -> None:
    """Region and zone of the node, which the API server adds to a pod that is bound."""
    node = store.get(NODES, "", str(dig(pod, "spec", "nodeName") or ""))
    if node is None:
        return
    place = {key: value for key, value in (meta(node).get("labels") or {}).items() if key in _TOPOLOGY}
    if place:
        meta(pod)["labels"] = {**(meta(pod).get("labels") or {}), **place}


def fill_daemon_set(found: Json) -> None:
    meta(found)["generation"] = 1
    annotations = meta(found).setdefault("annotations", {})
    annotations.setdefault("deprecated.daemonset.template.generation", "1")
    spec = found["spec"]
    fill_pod_spec(spec["template"]["spec"])
    spec.setdefault(
        "updateStrategy", {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}}
    )
    spec.setdefault("revisionHistoryLimit", 10)
    found["status"] = {
        "currentNumberScheduled": 0,
        "numberMisscheduled": 0,
        "desiredNumberScheduled": 0,
        "numberReady": 0,
    }


def fill_job(job: Json) -> None:
    """After its metadata: the selector and the labels of its pods name its uid."""
    meta(job)["generation"] = 1
    spec, uid, name = job["spec"], meta(job)["uid"], meta(job)["name"]
    fill_pod_spec(spec["template"]["spec"])
    if "completions" not in spec and "parallelism" not in spec:
        spec["completions"] = 1
    for key, value in (
        ("parallelism", 1),
        ("backoffLimit", 6),
        ("selector", {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}),
        ("manualSelector", False),
        ("completionMode", "NonIndexed"),
        ("suspend", False),
        ("podReplacementPolicy", "TerminatingOrFailed"),
    ):
        spec.setdefault(key, value)
    spec.setdefault("completions", spec["parallelism"])
    labels = spec["template"].setdefault("metadata", {}).setdefault("labels", {})
    labels |= {"controller-uid": uid, "job-name": name}
    labels |= {"batch.kubernetes.io/controller-uid": uid, "batch.kubernetes.io/job-name": name}
    job["status"] = {}
