"""Failures on the way to the cluster: kubeconfig, network, certificates, credentials."""

from __future__ import annotations

from hptui.failures.failure import Failure

_KUBECONFIG = "No usable kubeconfig"
_KUBECONFIG_HINT = (
    "Check KUBECONFIG, --kubeconfig and --context; `kubectl config get-contexts` lists what there is."
)
_SILENT = "The API server does not answer"
_SILENT_HINT = (
    "Check the network, the VPN and the server's address; `kubectl cluster-info` asks the same server."
)
_UNTRUSTED = "The API server's certificate is not trusted"
_LOGIN = "Not logged in"
_LOGIN_HINT = "Log in to the cluster again (for example with your cloud's command), then retry."
LOG_IN = "Log in again: `{login}`. hptui takes the new credentials up by itself."
"""What to do where the command is known."""

LOG_IN_BY_PLUGIN = "Run `kubectl get nodes` in another window: there the plugin can ask what it needs. hptui goes on by itself."
TOKEN_FILE_OLD = "Whatever keeps that file has not renewed it; hptui reads it again by itself."
NEW_CERTIFICATE = (
    "Get a new kubeconfig from where this one came from. hptui takes the new certificate up by itself."
)
NEW_TOKEN = "Log in again, so that the kubeconfig holds a new token. hptui takes it up by itself."

_PLUGIN = "hptui.cluster.plugin:run_plugin"

NO_KUBECONFIG = Failure(
    "kubeconfig-missing",
    _KUBECONFIG,
    "There is no kubeconfig: looked for",
    "None of the files that kubectl would read exists, and this is no pod with a service account.",
    "Give one with --kubeconfig or KUBECONFIG, or try `hptui demo`, which needs none.",
    "hptui.cluster.kubeconfig:resolve",
)
UNKNOWN_CONTEXT = Failure(
    "kubeconfig-context",
    _KUBECONFIG,
    "There is no context",
    "The name given with --context, or the file's current-context, is in none of the files. Names are case sensitive.",
    _KUBECONFIG_HINT,
    "hptui.cluster.kubeconfig:resolve",
)
BROKEN_KUBECONFIG = Failure(
    "kubeconfig-broken",
    _KUBECONFIG,
    "is not YAML",
    "The file cannot be parsed; the message names the line. Often two files were pasted together, or a tab indents.",
    _KUBECONFIG_HINT,
    "hptui.cluster.kubeconfig:merge",
)
UNREACHABLE = Failure(
    "server-unreachable",
    _SILENT,
    "cannot be reached",
    "Nobody listens at the server's address, or something on the way refuses: a VPN that is off, a cluster that is stopped.",
    _SILENT_HINT,
    "hptui.cluster.answers:mapped",
)
UNRESOLVED = Failure(
    "server-name",
    _SILENT,
    "cannot be resolved",
    "The server's name is unknown here: private clusters have names that only their own network resolves.",
    _SILENT_HINT,
    "hptui.cluster.answers:mapped",
)
LATE = Failure(
    "server-late",
    _SILENT,
    "did not answer in time",
    "The connection stands but nothing comes: an overloaded server, or a firewall that drops packets.",
    _SILENT_HINT,
    "hptui.cluster.answers:mapped",
)
PROXY = Failure(
    "proxy",
    _SILENT,
    "The proxy on the way to",
    "The proxy of the kubeconfig or of the environment does not answer, or does not let us through.",
    "Check proxy-url in the kubeconfig, HTTPS_PROXY and NO_PROXY.",
    "hptui.cluster.answers:mapped",
)
LOGIN_PAGE = Failure(
    "login-page",
    _SILENT,
    "answered with a web page",
    "What answered is no Kubernetes API: a captive portal, a single sign-on page or a proxy's error page.",
    "A proxy or a login page stands between: check the server's address and the proxy settings.",
    "hptui.cluster.answers:refusal",
)
UNTRUSTED = Failure(
    "certificate-authority",
    _UNTRUSTED,
    "shows a certificate that is not trusted",
    "The server's certificate was signed by another authority than the kubeconfig's: the cluster was made anew, or "
    "something on the way reads the traffic.",
    "The kubeconfig's certificate-authority must be the one of this cluster; a renewed cluster needs a new file.",
    "hptui.cluster.answers:mapped",
)
WRONG_NAME = Failure(
    "certificate-name",
    _UNTRUSTED,
    "shows a certificate that is not trusted",
    "The certificate is for another name or address than the one that was asked.",
    "Check the server's address; the kubeconfig's tls-server-name names another one for the certificate.",
    "hptui.cluster.answers:mapped",
)
OUT_OF_TIME = Failure(
    "certificate-time",
    _UNTRUSTED,
    "shows a certificate that is not trusted",
    "The certificate is not valid now, as this machine's clock has it.",
    "The server's certificate is out of its time, or this machine's clock is wrong.",
    "hptui.cluster.answers:mapped",
)
NOT_LOGGED_IN = Failure(
    "credentials-refused",
    _LOGIN,
    "does not accept the credentials",
    "The token or certificate has expired, or belongs to another cluster. hptui has read the kubeconfig again and renewed it "
    "once before saying this.",
    _LOGIN_HINT,
    "hptui.cluster.answers:refusal",
)
ANONYMOUS = Failure(
    "credentials-missing",
    _LOGIN,
    "took this as an anonymous request",
    "The kubeconfig's user has no credentials, or none of a kind that the cluster knows.",
    "The kubeconfig's user has no credentials that this cluster knows. Log in again.",
    "hptui.cluster.answers:refusal",
)
PLUGIN_MISSING = Failure(
    "plugin-missing",
    _LOGIN,
    "is not installed",
    "The kubeconfig gets its credentials from a program (kubelogin, aws, gke-gcloud-auth-plugin …) that is not on the PATH.",
    "Install it, or put its directory on the PATH.",
    _PLUGIN,
)
PLUGIN_FAILED = Failure(
    "plugin-failed",
    _LOGIN,
    "failed with exit code",
    "The credential plugin ran and said no; its own words follow.",
    _LOGIN_HINT,
    _PLUGIN,
)
PLUGIN_SILENT = Failure(
    "plugin-silent",
    _LOGIN,
    "did not answer within",
    "The credential plugin waits for something, mostly for a login in a browser or a code on its terminal.",
    "It may be waiting for a login: run it once in a terminal, then retry.",
    _PLUGIN,
)

ALL = (
    NO_KUBECONFIG,
    UNKNOWN_CONTEXT,
    BROKEN_KUBECONFIG,
    UNREACHABLE,
    UNRESOLVED,
    LATE,
    PROXY,
    LOGIN_PAGE,
    UNTRUSTED,
    WRONG_NAME,
    OUT_OF_TIME,
    NOT_LOGGED_IN,
    ANONYMOUS,
    PLUGIN_MISSING,
    PLUGIN_FAILED,
    PLUGIN_SILENT,
)
