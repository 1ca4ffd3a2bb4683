"""Failures between the choice of a node and the prompt: what the node, its kubelet and its container runtime say."""

from __future__ import annotations

from hptui.failures.failure import Failure

_DIAGNOSE = "hptui.hostprocess.diagnosis:diagnose"
_PREFLIGHT = "hptui.hostprocess.preflight:preflight"

NO_SUCH_NODE = Failure(
    "node-missing",
    "No such node",
    "There is no node",
    "The name is no node's of this cluster; a node that was scaled away takes its name with it.",
    "`hptui nodes` lists the Windows nodes.",
    _PREFLIGHT,
)
NODE_UNFIT = Failure(
    "node-unfit",
    "This node cannot run HostProcess",
    "not Windows",
    "HostProcess wants a ready Windows node, kubelet 1.23 and containerd 1.6 or later; the message says what is not so.",
    "{way_out}",
    _PREFLIGHT,
)
LACKING = Failure(
    "rights-lacking",
    "A right is missing",
    "nothing is created",
    "A session that could be made and not ended would leave a pod behind that owns its node, and one without exec would be "
    "for nothing: so each right is asked about before the pod is made.",
    "Whoever grants rights here can run: {command}",
    _PREFLIGHT,
)
WRONG_BUILD = Failure(
    "image-build",
    "The image does not fit the node's Windows build",
    "no match for platform",
    "Windows images belong to one build of Windows, and this one has none for the node's.",
    "The HostProcess base image fits every build; other images exist per build.",
    _DIAGNOSE,
)
REGISTRY_REFUSED = Failure(
    "registry-refused",
    "The registry refused to hand out the image",
    "401 Unauthorized",
    "The registry wants a login, or the image does not exist and the registry does not tell.",
    "Name a pull secret of the session's namespace, or choose an image the node already has.",
    _DIAGNOSE,
)
REGISTRY_UNREACHABLE = Failure(
    "registry-unreachable",
    "The node cannot reach the registry",
    "no such host",
    "The node's network has no way to the registry: an air-gapped cluster, a firewall, a proxy that containerd does not know.",
    "Choose an image that the node already has, or a registry that it can reach.",
    _DIAGNOSE,
)
PULL_FAILED = Failure(
    "image-pull",
    "The image cannot be pulled",
    "not found",
    "The registry answers, and has no such image or tag.",
    "Check the image's name and tag, or choose the HostProcess base image.",
    _DIAGNOSE,
)
IMAGE_UNUSABLE = Failure(
    "image-unusable",
    "The image cannot be used",
    "is not on the node any more",
    "The image was to be taken from the node without a pull, and the node has cleaned it up meanwhile; or its name is none.",
    "Choose another image.",
    _DIAGNOSE,
)
ACCOUNT = Failure(
    "account",
    "The account cannot be used",
    "failed to logon user",
    "Only SYSTEM, Local service, NetworkService and, from containerd 1.7 on, local groups of the node can be logged on.",
    "Choose SYSTEM, or a local group that this node has (containerd 1.7 or later).",
    _DIAGNOSE,
)
ACCOUNT_POLICY = Failure(
    "account-policy",
    "The account cannot be used",
    "1385",
    "A hardened node takes the right to log on away from some accounts (error 1385).",
    "The node's policy does not let this account log on; choose another account.",
    _DIAGNOSE,
)
ACCOUNT_RUNTIME = Failure(
    "account-runtime",
    "The account cannot be used",
    "Access is denied",
    "To log others on, containerd must run as SYSTEM itself.",
    "containerd itself seems to run as a plain user there, so it can log nobody on.",
    _DIAGNOSE,
)
NO_POWERSHELL = Failure(
    "no-powershell",
    "No PowerShell on the node",
    "failed to find executable",
    "The first process is Windows PowerShell by its whole path on the host, and it is not there.",
    "Is this a full Windows Server? Nano Server as a host has none.",
    _DIAGNOSE,
)
CANNOT_START = Failure(
    "first-process-start",
    "The first process cannot be started",
    "The node could not start the container",
    "The container runtime refused for a reason that hptui does not know; its words follow.",
    "The node's own words are below; containerd's log on the node may say more.",
    _DIAGNOSE,
)
FIRST_PROCESS_ENDED = Failure(
    "first-process-ended",
    "The first process has ended",
    "instead of staying",
    "The pod's first process reports who it is and then stays for as long as the session. Something ended it at once.",
    "Its log may say why; a policy that forbids PowerShell scripts is a likely cause.",
    _DIAGNOSE,
)
SANDBOX = Failure(
    "sandbox",
    "The pod's sandbox cannot be made",
    "The parameter is incorrect",
    "Before any container the node makes a sandbox, and could not. Only the pod's events tell of it.",
    "containerd older than 1.6 fails like this: it does not know HostProcess.",
    _DIAGNOSE,
)
UNSCHEDULABLE = Failure(
    "unschedulable",
    "The pod cannot be scheduled",
    "nodes are available",
    "No node fulfils what the pod asks for.",
    "The reasons below name what each node lacks.",
    _DIAGNOSE,
)
NODE_REFUSED = Failure(
    "node-refused",
    "The node refused the pod",
    "doesn't match node OS",
    "The kubelet looked at the pod and would not have it: another operating system, no room, under pressure.",
    "`kubectl describe node` shows what the node is short of.",
    _DIAGNOSE,
)
DEADLINE_AT_START = Failure(
    "deadline-at-start",
    "The deadline has passed",
    "passed before its shell was connected",
    "The deadline counts from the kubelet's first look at the pod, and pulling the image took all of it.",
    "Choose a longer deadline; pulling an image for the first time can take minutes.",
    _DIAGNOSE,
)
DELETED_AT_START = Failure(
    "deleted-at-start",
    "The pod was deleted",
    "Somebody deleted the pod while it was starting",
    "Somebody, or something that cleans up, deleted it.",
    "Try again; `kubectl get events` may tell who it was.",
    _DIAGNOSE,
)
NODE_GONE = Failure(
    "node-gone",
    "The node is gone",
    "stopped answering before it took the pod on",
    "The pod was bound to the node, whose kubelet has not been heard since.",
    "Look at the machine itself: it may be off, cut off, or its kubelet stopped.",
    "hptui.hostprocess.diagnosis:node_lost",
)

ALL = (
    NO_SUCH_NODE,
    NODE_UNFIT,
    LACKING,
    WRONG_BUILD,
    REGISTRY_REFUSED,
    REGISTRY_UNREACHABLE,
    PULL_FAILED,
    IMAGE_UNUSABLE,
    ACCOUNT,
    ACCOUNT_POLICY,
    ACCOUNT_RUNTIME,
    NO_POWERSHELL,
    CANNOT_START,
    FIRST_PROCESS_ENDED,
    SANDBOX,
    UNSCHEDULABLE,
    NODE_REFUSED,
    DEADLINE_AT_START,
    DELETED_AT_START,
    NODE_GONE,
)
