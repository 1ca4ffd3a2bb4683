"""Addresses, connections and container networks of a simulated node."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from random import Random

from hptui.demo.host.windows.builds import WindowsBuild
from hptui.demo.host.windows.processes import WindowsProcess


@dataclass(frozen=True, slots=True)
class Address:
    address: str
    prefix: int
    interface: int
    alias: str
    family: str  # IPv4 or IPv6
    origin: str = "Dhcp"


@dataclass(frozen=True, slots=True)
class Connection:
    protocol: str
    local: str
    local_port: int
    remote: str
    remote_port: int
    state: str  # as Get-NetTCPConnection has it; empty for UDP
    pid: int


@dataclass(frozen=True, slots=True)
class HnsNetwork:
    name: str
    type: str
    id: str
    subnet: str
    gateway: str


@dataclass(frozen=True, slots=True)
class HnsEndpoint:
    id: str
    name: str
    address: str
    mac: str
    network: str
    remote: bool


@dataclass(frozen=True, slots=True)
class Network:
    address: str
    prefix: int
    gateway: str
    dns: str
    mac: str
    addresses: tuple[Address, ...]
    connections: tuple[Connection, ...]
    hns_networks: tuple[HnsNetwork, ...]
    hns_endpoints: tuple[HnsEndpoint, ...]


def _mac(random: Random, prefix: str = "00-0D-3A") -> str:
    return prefix + "".join(f"-{random.getrandbits(8):02X}" for _ in range(3))


def _guid(random: Random) -> str:
    digits = f"{random.getrandbits(128):032X}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def make_network(random: Random, build: WindowsBuild, processes: list[WindowsProcess]) -> Network:
    subnet = ipaddress.ip_network(f"10.224.{random.randint(0, 3) * 16}.0/20")
    own = str(subnet[random.randint(5, 4000)])
    gateway = str(subnet[1])
    alias = "vEthernet (Ethernet)"
    link = f"fe80::{random.getrandbits(16):x}:{random.getrandbits(16):x}:{random.getrandbits(16):x}:{random.getrandbits(16):x}%9"
    addresses = (
        Address(link, 64, 9, alias, "IPv6", "WellKnown"),
        Address("::1", 128, 1, "Loopback Pseudo-Interface 1", "IPv6", "WellKnown"),
        Address(own, subnet.prefixlen, 9, alias, "IPv4"),
        Address("127.0.0.1", 8, 1, "Loopback Pseudo-Interface 1", "IPv4", "WellKnown"),
    )
    azure = HnsNetwork("azure", "L2Bridge", _guid(random), str(subnet), gateway)
    nat = HnsNetwork("nat", "nat", _guid(random), "172.20.32.0/20", "172.20.32.1")
    endpoints = tuple(
        HnsEndpoint(_guid(random), f"{random.getrandbits(32):08x}-eth0", str(subnet[random.randint(100, 4000)]),
                    _mac(random), "azure", number > 3)
        for number in range(random.randint(3, 9))
    )  # fmt: skip
    return Network(
        own, subnet.prefixlen, gateway, "168.63.129.16", _mac(random), addresses,
        _connections(random, own, processes), (azure, nat), endpoints,
    )  # fmt: skip


def _connections(random: Random, own: str, processes: list[WindowsProcess]) -> tuple[Connection, ...]:
    pids = {process.name.lower(): process.pid for process in processes}
    kubelet, proxy, containerd = pids.get("kubelet", 4), pids.get("kube-proxy", 4), pids.get("containerd", 4)
    svchost = [process.pid for process in processes if process.name == "svchost"]
    listening = (
        ("0.0.0.0", 135, svchost[0]), ("0.0.0.0", 445, 4), ("0.0.0.0", 3389, svchost[3]), ("0.0.0.0", 5985, 4),
        ("0.0.0.0", 10250, kubelet), ("127.0.0.1", 10248, kubelet), ("0.0.0.0", 10256, proxy),
        ("127.0.0.1", 10249, proxy), ("127.0.0.1", 61678, containerd), ("0.0.0.0", 47001, 4),
        ("0.0.0.0", 49664, pids.get("wininit", 4)), ("0.0.0.0", 49665, svchost[1]), ("0.0.0.0", 49666, svchost[2]),
        ("0.0.0.0", 49667, pids.get("lsass", 4)), (own, 139, 4),
    )  # fmt: skip
    connections = [
        Connection("TCP", address, port, "0.0.0.0", 0, "Listen", pid) for address, port, pid in listening
    ]
    for pid in (kubelet, kubelet, proxy, containerd):
        connections.append(
            Connection("TCP", own, random.randint(49700, 65000), "10.0.0.1", 443, "Established", pid)
        )
    for _ in range(random.randint(4, 20)):
        peer = f"10.224.{random.randint(0, 60)}.{random.randint(2, 250)}"
        state = random.choice(("Established", "TimeWait", "TimeWait", "CloseWait"))
        pid = 0 if state == "TimeWait" else random.choice(svchost)
        connections.append(
            Connection(
                "TCP", own, random.randint(49700, 65000), peer, random.choice((443, 8080, 10250)), state, pid
            )
        )
    for port, pid in (
        (123, svchost[4]),
        (500, svchost[5]),
        (4500, svchost[5]),
        (5353, svchost[6]),
        (5355, svchost[6]),
    ):
        connections.append(Connection("UDP", "0.0.0.0", port, "*", 0, "", pid))
    return tuple(connections)


def excluded_ports(network: Network) -> tuple[tuple[int, int, bool], ...]:
    """Ranges that are given to nobody: first, last, and whether an administrator set it aside."""
    base = 49_000 + network.connections[-1].local_port % 500
    held = tuple((start, start + 99, False) for start in (base, base + 200, base + 700))
    return ((5985, 5985, False), (47_001, 47_001, False), *held, (50_000, 50_059, True))
