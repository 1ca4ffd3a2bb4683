"""Connections to the API server: TLS, proxies, and the means to cut them all at once.

REST and WebSockets come from the same pools, so that both go through the same proxy with the same TLS context.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from functools import partial
from typing import Any
from urllib.parse import unquote
from weakref import WeakSet

import urllib3
import urllib3.exceptions as http_errors
from kubernetes.client.rest import should_bypass_proxies
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import parse_url

from hptui.cluster.alarm import Alarm
from hptui.cluster.credentials import Held
from hptui.cluster.dialling import dial, dispose, keepalive, within
from hptui.cluster.kubeconfig import Target
from hptui.cluster.relay import socket_through_tls_proxy
from hptui.cluster.tls import make_context
from hptui.errors import KubeconfigError

IDLE = 30.0  # seconds: a kept-alive connection that was unused for longer is made anew, for it may be dead by now


class Sockets:
    """The sockets of all connections, so that they can be cut, those too that are only just connected."""

    def __init__(self, patience: float) -> None:
        """`patience` in seconds: how long the beginning of an answer may take, however it trickles."""
        self.patience = patience
        self._guard = threading.Lock()
        self._open: WeakSet[Any] = WeakSet()
        self._cut = False
        self._era = 0  # connections of an earlier one are not used again

    def distrust(self) -> None:
        """After a sleep: what lies idle is not used again. What is under way goes on."""
        self._era += 1

    def stamp(self, connection: Any) -> None:
        """It is put back, and may be used again."""
        connection.idle_since = time.monotonic()

    def usable(self, connection: Any) -> bool:
        fresh = time.monotonic() - getattr(connection, "idle_since", time.monotonic()) <= IDLE
        return fresh and getattr(connection, "era", self._era) == self._era

    def add(self, connection: Any) -> None:
        """One that has just been connected."""
        connection.era = self._era
        with self._guard:
            self._open.add(connection.sock)
            cut = self._cut
        if cut:
            shut(connection.sock)

    def cut(self) -> None:
        with self._guard:
            self._cut = True
            sockets = list(self._open)
        for sock in sockets:
            shut(sock)


def shut(sock: Any) -> None:
    """Cut a connection from another thread: whoever reads from it wakes with an error.

    The plain socket's method, because SSLSocket.shutdown takes the TLS object from under a reader.
    """
    try:
        if isinstance(sock, socket.socket):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
        else:
            sock.shutdown(socket.SHUT_RDWR)
    except (OSError, AttributeError):
        pass


def chosen_proxy(target: Target, environments: str | None, no_proxy: str | None) -> str | None:
    """The proxy that kubectl would use: the kubeconfig's proxy-url before all, else the environment's.

    NO_PROXY is about the environment's only, and that one is never used for this machine itself.
    """
    if target.cluster.get("proxy-url"):
        return str(target.cluster["proxy-url"])
    host = parse_url(target.server).host or ""
    if not environments or _is_loopback(host) or should_bypass_proxies(target.server, no_proxy or ""):
        return None
    return environments


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def make_manager(target: Target, held: Held, sockets: Sockets, *, proxy: str | None) -> urllib3.PoolManager:
    """The connection pools for one server with one client certificate, through `proxy` if there is one."""
    options: dict[str, Any] = {
        "retries": False,
        "maxsize": 8,
        "socket_options": keepalive(),
    }
    if target.server.startswith("https"):
        options["ssl_context"] = make_context(target.cluster, held.certificate, held.key)
    if target.cluster.get("insecure-skip-tls-verify"):
        # The kubeconfig's owner has decided this; a warning would be painted over the screen.
        urllib3.disable_warnings(http_errors.InsecureRequestWarning)
    if target.cluster.get("tls-server-name"):
        options["server_hostname"] = str(target.cluster["tls-server-name"])
    manager: urllib3.PoolManager
    if not proxy:
        manager = urllib3.PoolManager(**options)
    elif proxy.lower().startswith("socks"):
        manager = _socks_manager(proxy, options)
    else:
        basic = parse_url(proxy).auth
        headers = urllib3.make_headers(proxy_basic_auth=unquote(basic)) if basic else None
        # Like kubectl, a proxy with TLS must be one that the cluster's own authorities vouch for.
        trust = make_context(target.cluster, None, None) if proxy.lower().startswith("https") else None
        manager = urllib3.ProxyManager(proxy, proxy_headers=headers, proxy_ssl_context=trust, **options)
    manager.pool_classes_by_scheme = {
        scheme: _tracked(pool, sockets) for scheme, pool in manager.pool_classes_by_scheme.items()
    }
    return manager


def connected_socket(manager: urllib3.PoolManager, server: str, limit: float) -> Any:
    """A connected (TLS) socket of its own, through the same proxy and with the same TLS context as the requests.

    `limit` is in seconds. Raises what urllib3 and the socket raise, and UnreachableError for a proxy that can't serve.
    """
    pool = manager.connection_from_url(server)
    relayed = pool.proxy is not None and pool.proxy.scheme == "https"
    # With a SOCKS proxy the pool's connections know it themselves.
    nearest: Any = pool if relayed else pool.proxy or pool
    connection: Any = pool.ConnectionCls(host=nearest.host, port=nearest.port, timeout=limit, **pool.conn_kw)
    if relayed:
        connection._new_conn = partial(_relayed, pool, limit)
    elif pool.proxy is not None:
        connection.set_tunnel(pool.host, pool.port, headers=pool.proxy_headers, scheme="http")
    try:
        connection.connect()
    except (OSError, http_errors.NewConnectionError) as error:
        if pool.proxy is None or isinstance(error, ssl.SSLError):
            raise
        raise http_errors.ProxyError("Unable to connect to proxy", error) from error
    return connection.sock


def _relayed(pool: Any, limit: float) -> socket.socket:
    """What the connection does its own TLS on, where the proxy has TLS too."""
    return socket_through_tls_proxy(
        (pool.proxy.host, pool.proxy.port or 443),
        (pool.host, pool.port),
        context=pool.proxy_config.ssl_context or ssl.create_default_context(),
        headers=pool.proxy_headers or {},
        limit=limit,
    )


def _tracked(
    pool: type[HTTPConnectionPool] | type[HTTPSConnectionPool], sockets: Sockets
) -> type[HTTPConnectionPool]:
    """The pool class with connections that note their sockets, so that `close` can cut them, and are dialled in time."""
    base: Any = pool.ConnectionCls
    pooled: Any = pool

    class Connection(base):  # type: ignore[misc, unused-ignore]
        def connect(self) -> None:
            super().connect()
            sockets.add(self)

        def getresponse(self) -> Any:
            with Alarm(time.monotonic() + sockets.patience) as alarm:
                alarm.set(partial(shut, self.sock))
                try:
                    return super().getresponse()
                finally:
                    if alarm.rang:
                        raise TimeoutError("the answer's beginning did not come to an end")

        def _new_conn(self) -> Any:
            limit = self.timeout if isinstance(self.timeout, float | int) else None
            if base._new_conn is HTTPConnection._new_conn:
                return _dialled(self, limit)
            # A SOCKS proxy's: it resolves names by itself.
            try:
                return within(limit, super()._new_conn, late=dispose)
            except TimeoutError as error:
                raise http_errors.ConnectTimeoutError(self, "the proxy did not answer in time") from error

    class Pool(pooled):  # type: ignore[misc, unused-ignore]
        ConnectionCls = Connection

        def _get_conn(self, timeout: float | None = None) -> Any:
            connection = super()._get_conn(timeout)
            if not sockets.usable(connection):
                connection.close()  # it connects again when it is used
            return connection

        def _put_conn(self, connection: Any) -> None:
            if connection is not None:
                sockets.stamp(connection)
            super()._put_conn(connection)

    return Pool


def _dialled(connection: Any, limit: float | None) -> socket.socket:
    """As urllib3's own, with the name's resolution within the limit."""
    try:
        return dial(connection._dns_host, connection.port, limit, connection.socket_options or ())
    except socket.gaierror as error:
        raise http_errors.NameResolutionError(connection.host, connection, error) from error
    except TimeoutError as error:
        raise http_errors.ConnectTimeoutError(connection, "timed out") from error
    except OSError as error:
        raise http_errors.NewConnectionError(connection, f"{error}") from error


def _socks_manager(proxy: str, options: dict[str, Any]) -> urllib3.PoolManager:
    try:
        from urllib3.contrib.socks import SOCKSProxyManager
    except ImportError as error:
        raise KubeconfigError(
            f"The proxy {parse_url(proxy).netloc} is a SOCKS proxy, and this installation has no SOCKS support.",
            hint="Install PySocks beside hptui (`pipx inject hptui pysocks`), or use an HTTP proxy.",
        ) from error
    return SOCKSProxyManager(proxy, **options)
