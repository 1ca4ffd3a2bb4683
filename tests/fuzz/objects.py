"""Kubernetes' objects as an API server would never send them: right in most places, wrong in some."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.fuzz.nasty import clean_text, json_values, moments

Strategy = st.SearchStrategy[Any]
odd = st.one_of(json_values, clean_text)
words = clean_text
versions = (
    st.sampled_from(
        (
            "v1.29.2",
            "1.23",
            "v1.22.17+x",
            "",
            "containerd://1.7.0",
            "containerd://1.6.5",
            "docker://1",
            "v" + "9" * 30,
            "10.0.20348.2227",
            "10.0.17763.1",
            "٣.٤",
        )
    )
    | clean_text
)
quantities = (
    st.sampled_from(
        (
            "4",
            "250m",
            "39192Ki",
            "1e3",
            "5E",
            "1e999999999",
            "9" * 400,
            "-1",
            "NaN",
            "Infinity",
            "1E1000000Ei",
            "0x1",
            "٣",
            "",
        )
    )
    | clean_text
)
whole = st.sampled_from((0, 1, -1, 3600, 2**31, 2**63, 2**64, "1", 1.0, 1.5, None))


def made(required: dict[str, Strategy], optional: dict[str, Strategy]) -> Strategy:
    """An object with some of its fields, each now and then of a wrong kind."""
    return st.one_of(
        st.fixed_dictionaries(required, optional=optional),
        st.fixed_dictionaries(required, optional=optional),
        st.fixed_dictionaries(required, optional=dict.fromkeys(optional, odd)),
        odd,
    )


labels = st.dictionaries(
    st.sampled_from(("kubernetes.io/os", "hptui.io/session", "hptui.io/who", "a")) | words, words, max_size=3
)
metadata = st.fixed_dictionaries(
    {"name": words, "uid": words},
    optional={
        "namespace": words,
        "resourceVersion": words,
        "creationTimestamp": moments,
        "deletionTimestamp": moments,
        "labels": labels,
        "annotations": labels,
    },
)
conditions = st.lists(
    made(
        {"type": st.sampled_from(("Ready", "MemoryPressure", "PIDPressure", "PodScheduled")) | words},
        {
            "status": st.sampled_from(("True", "False", "Unknown", "", True)) | words,
            "reason": st.sampled_from(("Unschedulable",)) | words,
            "message": words,
            "lastTransitionTime": moments,
            "lastHeartbeatTime": moments,
        },
    ),
    max_size=3,
)

node_objects = made(
    {"metadata": metadata | odd},
    {
        "spec": made(
            {},
            {
                "taints": st.lists(made({}, {"key": words, "effect": words, "value": words}), max_size=2),
                "unschedulable": st.booleans(),
            },
        ),
        "status": made(
            {},
            {
                "conditions": conditions,
                "nodeInfo": made(
                    {},
                    {
                        "operatingSystem": st.sampled_from(("windows", "Windows", "linux", "")) | words,
                        "osImage": words,
                        "kernelVersion": versions,
                        "kubeletVersion": versions,
                        "containerRuntimeVersion": versions,
                    },
                ),
                "addresses": st.lists(
                    made({}, {"type": st.just("InternalIP") | words, "address": words}), max_size=2
                ),
                "capacity": st.dictionaries(st.sampled_from(("cpu", "memory")), quantities, max_size=2),
            },
        ),
    },
)

states = made(
    {},
    {
        "waiting": made(
            {},
            {
                "reason": st.sampled_from(("ErrImagePull", "CreateContainerError", "RunContainerError"))
                | words,
                "message": words,
            },
        ),
        "running": made({}, {"startedAt": moments}),
        "terminated": made(
            {},
            {
                "exitCode": whole,
                "reason": words,
                "message": words,
                "startedAt": moments,
                "finishedAt": moments,
            },
        ),
    },
)
pod_objects = made(
    {"metadata": metadata | odd},
    {
        "spec": made(
            {},
            {
                "nodeName": words,
                "activeDeadlineSeconds": whole,
                "securityContext": made(
                    {}, {"windowsOptions": made({}, {"hostProcess": st.booleans(), "runAsUserName": words})}
                ),
            },
        ),
        "status": made(
            {},
            {
                "phase": st.sampled_from(("Pending", "Running", "Failed", "Succeeded", "Unknown")) | words,
                "reason": st.sampled_from(("DeadlineExceeded", "NodeLost")) | words,
                "message": words,
                "startTime": moments,
                "conditions": conditions,
                "containerStatuses": st.lists(
                    made(
                        {"name": st.just("shell") | words},
                        {"image": words, "state": states, "ready": st.booleans(), "restartCount": whole},
                    ),
                    max_size=2,
                ),
            },
        ),
    },
)

event_objects = made(
    {"metadata": metadata | odd},
    {
        "type": st.sampled_from(("Normal", "Warning")) | words,
        "reason": st.sampled_from(("Pulling", "Failed", "FailedCreatePodSandBox", "Started")) | words,
        "message": words,
        "count": whole,
        "firstTimestamp": moments,
        "lastTimestamp": moments,
        "eventTime": moments,
        "series": made({}, {"count": whole, "lastObservedTime": moments}),
        "source": made({}, {"component": words, "host": words}),
        "reportingComponent": words,
        "involvedObject": made({}, {"kind": words, "name": words, "uid": words}),
    },
)
