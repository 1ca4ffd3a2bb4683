"""ipconfig, netstat, nslookup, route, arp and what netsh is asked for."""

from __future__ import annotations

import ipaddress

from hptui.demo.host.running import ProgramRun, program
from hptui.demo.host.windows.network import Connection, excluded_ports

_STATES = {
    "Listen": "LISTENING",
    "Established": "ESTABLISHED",
    "TimeWait": "TIME_WAIT",
    "CloseWait": "CLOSE_WAIT",
}


@program("ipconfig.exe")
async def ipconfig(run: ProgramRun) -> int:
    """Displays the TCP/IP configuration."""
    words = [argument.lower() for argument in run.arguments]
    if words and words[0] not in ("/all", "-all", "/flushdns", "/displaydns"):
        await run.out(
            "\nError: unrecognized or incomplete command line.\n\nUSAGE:\n    ipconfig [/all | /flushdns]\n"
        )
        return 1
    if words and words[0] == "/flushdns":
        if not run.token.administrator:
            await run.out("The requested operation requires elevation.\n")
            return 1
        await run.out("\nWindows IP Configuration\n\nSuccessfully flushed the DNS Resolver Cache.\n")
        return 0
    network = run.machine.network
    mask = ipaddress.ip_network(f"{network.address}/{network.prefix}", strict=False).netmask
    link = next(each.address for each in network.addresses if each.address.startswith("fe80"))
    every = bool(words)
    text = "\nWindows IP Configuration\n\n"
    if every:
        text += (
            f"   Host Name . . . . . . . . . . . . : {run.machine.host_name}\n   Primary Dns Suffix  . . . . . . . : \n"
            "   Node Type . . . . . . . . . . . . : Hybrid\n   IP Routing Enabled. . . . . . . . : No\n"
            "   WINS Proxy Enabled. . . . . . . . : No\n"
        )
    text += "\nEthernet adapter vEthernet (Ethernet):\n\n   Connection-specific DNS Suffix  . : internal.cloudapp.net\n"
    if every:
        text += (
            "   Description . . . . . . . . . . . : Hyper-V Virtual Ethernet Adapter\n"
            f"   Physical Address. . . . . . . . . : {network.mac}\n   DHCP Enabled. . . . . . . . . . . : Yes\n"
            "   Autoconfiguration Enabled . . . . : Yes\n"
        )
    preferred = "(Preferred) " if every else ""
    text += (
        f"   Link-local IPv6 Address . . . . . : {link}{preferred}\n"
        f"   IPv4 Address. . . . . . . . . . . : {network.address}{preferred}\n"
        f"   Subnet Mask . . . . . . . . . . . : {mask}\n   Default Gateway . . . . . . . . . : {network.gateway}\n"
    )
    if every:
        text += f"   DNS Servers . . . . . . . . . . . : {network.dns}\n   NetBIOS over Tcpip. . . . . . . . : Enabled\n"
    await run.out(text)
    return 0


@program("netstat.exe")
async def netstat(run: ProgramRun) -> int:
    """Displays protocol statistics and current TCP/IP network connections."""
    flags = {char for argument in run.arguments if argument[:1] in "-/" for char in argument[1:].lower()}
    if "b" in flags and not run.token.administrator:
        await run.err("The requested operation requires elevation.\n")
        return 1
    if flags - set("anobpqrstf"):
        await run.out(
            "\nDisplays protocol statistics and current TCP/IP network connections.\n\nNETSTAT [-a] [-b] [-n] [-o]\n"
        )
        return 1
    head = "  Proto  Local Address          Foreign Address        State" + (
        "           PID" if "o" in flags else ""
    )
    await run.out(f"\nActive Connections\n\n{head}\n")
    for connection in run.machine.network.connections:
        if "a" in flags or connection.state not in ("Listen", ""):
            await run.out(_row(connection, pid="o" in flags))
    return 0


def _row(connection: Connection, *, pid: bool) -> str:
    local = f"{connection.local}:{connection.local_port}"
    remote = "*:*" if connection.protocol == "UDP" else f"{connection.remote}:{connection.remote_port}"
    state = _STATES.get(connection.state, "")
    line = f"  {connection.protocol:<6} {local:<22} {remote:<22} {state:<15}"
    return f"{line} {connection.pid}\n" if pid else f"{line.rstrip()}\n"


@program("nslookup.exe")
async def nslookup(run: ProgramRun) -> int:
    """Asks the node's name server, which knows the node and the cluster's API server."""
    network = run.machine.network
    known = {
        "kubernetes.default.svc.cluster.local": "10.0.0.1",
        run.machine.host_name.lower(): network.address,
    }
    name = run.arguments[0] if run.arguments else ""
    await run.out(f"Server:  UnKnown\nAddress:  {network.dns}\n\n")
    if name.lower() not in known:
        await run.err(f"*** UnKnown can't find {name}: Non-existent domain\n")
        return 1
    await run.out(f"Name:    {name}\nAddress:  {known[name.lower()]}\n\n")
    return 0


@program("route.exe")
async def route(run: ProgramRun) -> int:
    """Prints the routing table."""
    if [argument.lower() for argument in run.arguments] != ["print"]:
        await run.err(
            "\nManipulates network routing tables.\n\nROUTE [-f] [-p] [-4|-6] command [destination]\n"
        )
        return 1
    if not run.token.administrator and run.token.sid not in ("S-1-5-19", "S-1-5-20"):
        await run.err("The requested operation requires elevation.\n")
        return 1
    network = run.machine.network
    rule = "=" * 75
    await run.out(
        f"{rule}\nIPv4 Route Table\n{rule}\nActive Routes:\n"
        "Network Destination        Netmask          Gateway       Interface  Metric\n"
        f"          0.0.0.0          0.0.0.0 {network.gateway:>16} {network.address:>15}     25\n"
        f"        127.0.0.0        255.0.0.0         On-link         127.0.0.1    331\n"
        f"{network.address:>17}  255.255.255.255         On-link {network.address:>17}    281\n{rule}\n"
        "Persistent Routes:\n  None\n"
    )
    return 0


@program("netsh.exe")
async def netsh(run: ProgramRun) -> int:
    """The few contexts that are asked of a node: excluded port ranges, port proxies, traces."""
    words = " ".join(run.arguments).lower().replace("interface", "int")
    if words.startswith("int ipv4 show excludedportrange"):
        ranges = "".join(
            f"     {start:>5}       {end:>5}{'     *' if administered else ''}\n"
            for start, end, administered in excluded_ports(run.machine.network)
        )
        await run.out(
            f"\nProtocol {words.rsplit('=', 1)[-1]} Port Exclusion Ranges\n\n"
            f"Start Port    End Port\n----------    --------\n{ranges}"
            "\n* - Administered port exclusions.\n\n"
        )
        return 0
    if words.startswith("int portproxy show"):
        await run.out("\n")
        return 0
    if words == "trace show status":
        await run.out("There is no trace session currently in progress.\n")
        return 1
    await run.out(f"The following command was not found: {' '.join(run.arguments)}.\n")
    return 1
