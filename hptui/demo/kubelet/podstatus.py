"""A pod's status as its kubelet writes it: conditions and container states from a few facts."""

from __future__ import annotations

from dataclasses import dataclass, field

from hptui.demo.objects.plain import Json, dig, meta, now, stamp
from hptui.demo.runtime.containers import Container, signed
from hptui.demo.runtime.images import image_id

_NOT_READY = "ContainersNotReady"
_ONCE_UPON_A_TIME = "1970-01-01T00:00:00Z"


@dataclass(slots=True)
class ContainerView:
    """What is known of one container."""

    name: str
    image: str
    state: Json = field(default_factory=lambda: {"waiting": {"reason": "ContainerCreating"}})
    last: Json = field(default_factory=dict)
    ready: bool = False
    restarts: int = 0
    id: str = ""
    pulled: bool = False

    def wait(self, reason: str, message: str = "") -> None:
        self.state = {"waiting": {"reason": reason} | ({"message": message} if message else {})}
        self.ready = False

    def run(self, container: Container) -> None:
        self.id = container.id
        self.state = {"running": {"startedAt": stamp(container.started)}}
        self.ready = True

    def end(self, container: Container) -> None:
        code = signed(container.exit_code or 0)
        self.state = {
            "terminated": {
                "exitCode": code,
                "reason": "Error" if code else "Completed",
                "startedAt": stamp(container.started),
                "finishedAt": stamp(container.finished),
                "containerID": f"containerd://{container.id}",
            }
        }
        self.ready = False

    def fail_start(self, message: str) -> None:
        self.state = {
            "terminated": {
                "exitCode": 128,
                "reason": "StartError",
                "message": message,
                "startedAt": _ONCE_UPON_A_TIME,
                "finishedAt": now(),
                "containerID": f"containerd://{self.id}",
            }
        }
        self.ready = False

    def to_json(self) -> Json:
        found: Json = {
            "name": self.name,
            "state": self.state,
            "lastState": self.last,
            "ready": self.ready,
            "restartCount": self.restarts,
            "image": self.image,
            "imageID": image_id(self.image) if self.pulled else "",
        }
        if self.id:
            found["containerID"] = f"containerd://{self.id}"
        found["started"] = "running" in self.state
        return found


@dataclass(slots=True)
class PodView:
    """What is known of one pod on its node."""

    host_ip: str
    pod_ip: str
    containers: list[ContainerView]
    started: str = ""
    phase: str = "Pending"
    reason: str = ""
    message: str = ""
    sandbox: bool = False

    def status(self, pod: Json) -> Json:
        found: Json = {"observedGeneration": meta(pod).get("generation", 1), "phase": self.phase}
        found["conditions"] = self._conditions(pod)
        if self.message:
            found["message"] = self.message
        if self.reason:
            found["reason"] = self.reason
        found["hostIP"] = self.host_ip
        found["hostIPs"] = [{"ip": self.host_ip}]
        if self.sandbox or any(c.id for c in self.containers):
            found["podIP"] = self.pod_ip
            found["podIPs"] = [{"ip": self.pod_ip}]
        found["startTime"] = self.started
        found["containerStatuses"] = [c.to_json() for c in self.containers]
        found["qosClass"] = dig(pod, "status", "qosClass") or "BestEffort"
        return found

    def rejection(self, pod: Json) -> Json:
        """Of a pod that the kubelet never admitted: no conditions, no containers."""
        return {
            "observedGeneration": meta(pod).get("generation", 1),
            "phase": "Failed",
            "message": f"Pod was rejected: {self.message}",
            "reason": self.reason,
            "startTime": self.started,
            "qosClass": dig(pod, "status", "qosClass") or "BestEffort",
        }

    def _conditions(self, pod: Json) -> list[Json]:
        generation = meta(pod).get("generation", 1)
        before = {c["type"]: c for c in dig(pod, "status", "conditions") or []}
        initialized = "PodCompleted" if self.phase == "Succeeded" else ""
        rows = [
            ("PodReadyToStartContainers", self.sandbox, "", ""),
            ("Initialized", True, initialized, ""),
            ("Ready", *self._readiness()),
            ("ContainersReady", *self._readiness()),
            ("PodScheduled", True, "", ""),
        ]
        found = [_condition(row, generation, before.get(row[0])) for row in rows]
        if before.get("PodScheduled", {}).get("status") == "True":
            found[-1] = before["PodScheduled"]  # the scheduler's own
        return [*found, *(c for kind, c in before.items() if kind == "DisruptionTarget")]

    def _readiness(self) -> tuple[bool, str, str]:
        if all(c.ready for c in self.containers):
            return True, "", ""
        if self.phase == "Succeeded":
            return False, "PodCompleted", ""
        if self.phase == "Failed":
            return False, "PodFailed", ""
        unready = " ".join(c.name for c in self.containers if not c.ready)
        return False, _NOT_READY, f"containers with unready status: [{unready}]"


def _condition(row: tuple[str, bool, str, str], generation: int, before: Json | None) -> Json:
    kind, value, reason, message = row
    status = "True" if value else "False"
    changed = before is None or before["status"] != status
    found: Json = {
        "type": kind,
        "observedGeneration": generation,
        "status": status,
        "lastProbeTime": None,
        "lastTransitionTime": now() if changed or before is None else before["lastTransitionTime"],
    }
    if reason:
        found["reason"] = reason
    if message:
        found["message"] = message
    return found
