"""The node's network."""

from __future__ import annotations

import ipaddress
from collections import Counter

from hptui.demo.host.probes.answering import Given, Note, Records, answers
from hptui.demo.host.running import ProgramRun
from hptui.demo.host.windows.network import Connection, excluded_ports

_ETHERNET, _VIRTUAL = "Ethernet", "vEthernet (Ethernet)"


@answers("adapters")
def adapters(run: ProgramRun, given: Given) -> Records:
    traffic = int((run.machine.now() - run.machine.boot).total_seconds()) * 21_000
    for index, name, description, hidden in (
        (4, _ETHERNET, "Microsoft Hyper-V Network Adapter", False),
        (9, _VIRTUAL, "Hyper-V Virtual Ethernet Adapter", False),
        (6, "Local Area Connection* 2", "Microsoft Kernel Debug Network Adapter", True),
    ):
        yield {
            "index": index,
            "name": name,
            "status": "Disconnected" if hidden else "Up",
            "mac": run.machine.network.mac,
            "speed": 0 if hidden else 50_000_000_000,
            "mtu": 1500,
            "received": 0 if hidden else traffic,
            "sent": 0 if hidden else traffic // 3,
            "dropped": 0,
            "hidden": hidden,
            "description": description,
        }


@answers("addresses")
def addresses(run: ProgramRun, given: Given) -> Records:
    for each in run.machine.network.addresses:
        yield {
            "index": each.interface,
            "alias": each.alias,
            "family": each.family,
            "address": each.address,
            "prefix": each.prefix,
            "origin": each.origin,
            "state": "Preferred",
            "compartment": 1,
            "valid": 3_412.0 if each.origin == "Dhcp" else None,
        }


@answers("routes")
def routes(run: ProgramRun, given: Given) -> Records:
    network = run.machine.network
    own = ipaddress.ip_network(f"{network.address}/{network.prefix}", strict=False)
    found = [
        ("0.0.0.0/0", network.gateway, 9, 0, "NetMgmt", "IPv4"),
        (str(own), "0.0.0.0", 9, 256, "Local", "IPv4"),
        (f"{network.address}/32", "0.0.0.0", 9, 256, "Local", "IPv4"),
        ("168.63.129.16/32", network.gateway, 9, 1, "NetMgmt", "IPv4"),
        ("169.254.169.254/32", network.gateway, 9, 1, "NetMgmt", "IPv4"),
        ("127.0.0.0/8", "0.0.0.0", 1, 256, "Local", "IPv4"),
        ("fe80::/64", "::", 9, 256, "Local", "IPv6"),
        ("::1/128", "::", 1, 256, "Local", "IPv6"),
    ]
    for destination, hop, index, metric, protocol, family in found:
        yield {
            "destination": destination,
            "hop": hop,
            "index": index,
            "alias": _VIRTUAL if index == 9 else "Loopback Pseudo-Interface 1",
            "metric": metric + (25 if index == 9 else 75),
            "route": metric,
            "protocol": protocol,
            "family": family,
        }


def _known_names(run: ProgramRun) -> dict[str, str]:
    return {
        "kubernetes.default.svc.cluster.local": "10.0.0.1",
        run.machine.host_name.lower(): run.machine.network.address,
        "localhost": "127.0.0.1",
    }


@answers("dns")
def dns(run: ProgramRun, given: Given) -> Records:
    name = given["name"]
    for alias in (_ETHERNET, _VIRTUAL):
        yield {"kind": "interface", "interface": alias, "family": "IPv4", "servers": [run.machine.network.dns],
               "suffixes": ["internal.cloudapp.net"]}  # fmt: skip
    yield {"kind": "for all", "suffixes": []}
    found = _known_names(run).get(name.lower())
    question: dict[str, object] = {"kind": "question", "asked": name, "took": 0.0121 if found else 0.214}
    if found:
        yield question | {"answers": [found]}
    else:
        yield question | {"answers": [], "problem": f"{name} : DNS name does not exist"}


def _names(run: ProgramRun) -> dict[int, str]:
    return {process.pid: process.image for process in run.machine.processes.all()}


@answers("listeners")
def listeners(run: ProgramRun, given: Given) -> Records:
    names = _names(run)
    services: dict[int, list[str]] = {}
    for service in run.machine.services:
        if service.running and service.pid:
            services.setdefault(service.pid, []).append(service.name)
    for each in run.machine.network.connections:
        if each.state in ("Listen", ""):
            yield {
                "protocol": each.protocol,
                "address": each.local,
                "port": each.local_port,
                "pid": each.pid,
                "process": names.get(each.pid),
                "services": services.get(each.pid, []),
                "since": run.machine.boot,
            }


def _connected(run: ProgramRun) -> list[Connection]:
    return [each for each in run.machine.network.connections if each.protocol == "TCP"]


@answers("connections")
def connections(run: ProgramRun, given: Given) -> Records:
    names = _names(run)
    for each in _connected(run):
        if each.state == "Listen" or (given["state"] and given["state"].lower() != each.state.lower()):
            continue
        yield {
            "state": each.state,
            "local": each.local,
            "localport": each.local_port,
            "remote": each.remote,
            "remoteport": each.remote_port,
            "pid": each.pid,
            "process": names.get(each.pid),
            "since": run.machine.boot,
        }


@answers("tcp-states")
def tcp_states(run: ProgramRun, given: Given) -> Records:
    names = _names(run) | {0: "(none)"}
    every = _connected(run)
    for state, count in Counter(each.state for each in every).items():
        holders = Counter(each.pid for each in every if each.state == state).most_common(5)
        yield {
            "state": state,
            "count": count,
            "most": [f"{names.get(pid, '')} ({pid}): {number}" for pid, number in holders],
        }
    used = len({each.local_port for each in every if each.local_port >= 49_152})
    yield Note(f"{used} of the 16384 dynamic ports from 49152 on are in use.")


@answers("excluded-ports")
def excluded(run: ProgramRun, given: Given) -> Records:
    for protocol in ("TCP", "UDP"):
        for start, end, administered in excluded_ports(run.machine.network):
            yield {
                "protocol": protocol,
                "family": "IPv4",
                "from": start,
                "to": end,
                "count": end - start + 1,
                "administered": administered,
            }


@answers("port-proxy")
def port_proxy(run: ProgramRun, given: Given) -> Records:
    helper = run.machine.service("iphlpsvc")
    yield {
        "kind": "v4tov4",
        "listen": "127.0.0.1:10350",
        "connect": f"{run.machine.network.address}:10250",
        "helper": helper.state if helper else None,
    }


@answers("firewall")
def firewall(run: ProgramRun, given: Given) -> Records:
    for name in ("Domain", "Private", "Public"):
        yield {
            "name": name,
            "enabled": "True",
            "inbound": "Block",
            "outbound": "Allow",
            "networks": [f"{_VIRTUAL}: Network"] if name == "Public" else [],
            "blocked": "False",
            "allowed": "False",
            "log": "%systemroot%\\system32\\LogFiles\\Firewall\\pfirewall.log",
        }


@answers("reach")
def reach(run: ProgramRun, given: Given) -> Records:
    network = run.machine.network
    target, port = given["target"] or "10.0.0.1", int(given["port"])
    address = _known_names(run).get(target.lower(), target)
    try:
        ipaddress.ip_address(address)
    except ValueError:
        yield {
            "host": target, "port": port, "reached": False, "looked": 2.3,
            "problem": "The name is not known: No such host is known",
        }  # fmt: skip
        return
    listening = {each.local_port for each in network.connections if each.state == "Listen"}
    here = address in ("127.0.0.1", network.address)
    record: dict[str, object] = {
        "host": target,
        "address": address,
        "port": port,
        "looked": 0.0 if target == address else 0.011,
    }
    if (here and port in listening) or (address == "10.0.0.1" and port == 443):
        yield record | {"reached": True, "took": 0.0034, "from": f"{network.address}:{50_000 + port % 9000}"}
    elif here:
        refused = (
            f"No connection could be made because the target machine actively refused it {address}:{port}"
        )
        yield record | {"reached": False, "took": 2.04, "problem": refused}
    else:
        seconds = int(given["seconds"])
        yield record | {"reached": False, "took": float(seconds), "problem": f"No answer within {seconds} s"}
