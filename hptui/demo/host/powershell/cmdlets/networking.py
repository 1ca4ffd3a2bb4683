"""The node's network: addresses, adapters, connections, names, firewall, and the container networks of HNS."""

from __future__ import annotations

from hptui.demo.host.powershell.data.operators import to_integer, wildcard
from hptui.demo.host.powershell.data.values import CUSTOM_OBJECT, EnumWord, Record, Value
from hptui.demo.host.powershell.execution.calls import Call, command

_STATES = {"Listen": 2, "Established": 5, "CloseWait": 8, "TimeWait": 11}
_ADAPTER = "vEthernet (Ethernet)"


@command("Get-NetIPAddress", "IPAddress:0 InterfaceAlias InterfaceIndex AddressFamily PrefixOrigin")
async def get_net_ip_address(call: Call) -> None:
    """Gets the IP address configuration."""
    family = call.text("addressfamily").lower()
    for each in call.shell.machine.network.addresses:
        if (family and each.family.lower() != family) or (
            call.given("interfacealias") and not wildcard(call.text("interfacealias")).match(each.alias)
        ):
            continue
        await call.put(
            Record(
                "MSFT_NetIPAddress",
                {
                    "IPAddress": each.address, "InterfaceIndex": each.interface, "InterfaceAlias": each.alias,
                    "AddressFamily": EnumWord.of(each.family, 2 if each.family == "IPv4" else 23), "Type": "Unicast",
                    "PrefixLength": each.prefix, "PrefixOrigin": each.origin, "SuffixOrigin": each.origin,
                    "AddressState": "Preferred", "SkipAsSource": False, "PolicyStore": "ActiveStore",
                },
                text=each.address,
            )
        )  # fmt: skip


@command("Get-NetTCPConnection", "LocalAddress:0 LocalPort:1 RemoteAddress RemotePort State OwningProcess")
async def get_net_tcp_connection(call: Call) -> None:
    """Gets TCP connections."""
    states = [state.lower() for state in call.texts("state")]
    ports = [to_integer(port) for port in call.texts("localport")]
    for each in call.shell.machine.network.connections:
        if (
            each.protocol != "TCP"
            or (states and each.state.lower() not in states)
            or (ports and each.local_port not in ports)
        ):
            continue
        await call.put(
            Record(
                "MSFT_NetTCPConnection",
                {
                    "LocalAddress": each.local, "LocalPort": each.local_port, "RemoteAddress": each.remote,
                    "RemotePort": each.remote_port, "State": EnumWord.of(each.state, _STATES[each.state]),
                    "OwningProcess": each.pid,
                },
            )
        )  # fmt: skip


@command("Get-NetUDPEndpoint", "LocalAddress:0 LocalPort:1 OwningProcess")
async def get_net_udp_endpoint(call: Call) -> None:
    """Gets current UDP endpoint statistics."""
    for each in call.shell.machine.network.connections:
        if each.protocol == "UDP":
            endpoint = {"LocalAddress": each.local, "LocalPort": each.local_port, "OwningProcess": each.pid}
            await call.put(Record(CUSTOM_OBJECT, endpoint))


@command("Get-NetTCPSetting", "SettingName:0")
async def get_net_tcp_setting(call: Call) -> None:
    """Gets TCP settings."""
    await call.put(
        Record(CUSTOM_OBJECT, {"SettingName": call.text("settingname", "Internet"), "DynamicPortRangeStartPort": 49152,
                               "DynamicPortRangeNumberOfPorts": 16384})
    )  # fmt: skip


@command("Get-NetAdapter", "Name:0 IncludeHidden? Physical?")
async def get_net_adapter(call: Call) -> None:
    """Gets the basic network adapter properties."""
    mac = call.shell.machine.network.mac
    adapters = (
        ("Ethernet", "Microsoft Hyper-V Network Adapter", 4),
        (_ADAPTER, "Hyper-V Virtual Ethernet Adapter", 9),
    )
    for name, description, index in adapters:
        if call.given("name") and not wildcard(call.text("name")).match(name):
            continue
        await call.put(
            Record(
                "MSFT_NetAdapter",
                {
                    "Name": name, "InterfaceDescription": description, "ifIndex": index, "Status": "Up",
                    "MacAddress": mac, "LinkSpeed": "50 Gbps", "MtuSize": 1500, "InterfaceAlias": name,
                },
            )
        )  # fmt: skip


@command("Get-NetRoute", "DestinationPrefix:0 AddressFamily InterfaceIndex NextHop")
async def get_net_route(call: Call) -> None:
    """Gets the IP route information from the IP routing table."""
    network = call.shell.machine.network
    routes = (
        ("0.0.0.0/0", network.gateway, 9, 0),
        (f"{network.address}/32", "0.0.0.0", 9, 256),
        ("127.0.0.0/8", "0.0.0.0", 1, 256),
    )
    for prefix, hop, index, metric in routes:
        if call.text("destinationprefix", prefix) == prefix:
            route: dict[str, Value] = {
                "ifIndex": index, "DestinationPrefix": prefix, "NextHop": hop, "RouteMetric": metric,
            }  # fmt: skip
            await call.put(Record(CUSTOM_OBJECT, route))


@command("Get-DnsClientServerAddress", "InterfaceAlias:0 InterfaceIndex AddressFamily")
async def get_dns_client_server_address(call: Call) -> None:
    """Gets DNS server IP addresses from the TCP/IP properties on an interface."""
    for alias, index in (("Ethernet", 4), (_ADAPTER, 9)):
        await call.put(
            Record(CUSTOM_OBJECT, {"InterfaceAlias": alias, "InterfaceIndex": index, "AddressFamily": 2,
                                   "ServerAddresses": [call.shell.machine.network.dns]})
        )  # fmt: skip


@command("Get-NetFirewallProfile", "Name:0 PolicyStore All?")
async def get_net_firewall_profile(call: Call) -> None:
    """Displays settings that apply to the per-profile configurations of the Windows Firewall."""
    for name in ("Domain", "Private", "Public"):
        profile: dict[str, Value] = {
            "Name": name, "Enabled": EnumWord.of("True", 1), "DefaultInboundAction": EnumWord.of("Block", 4),
            "DefaultOutboundAction": EnumWord.of("Allow", 2), "LogBlocked": EnumWord.of("False", 0),
            "LogFileName": "%systemroot%\\system32\\LogFiles\\Firewall\\pfirewall.log",
        }  # fmt: skip
        await call.put(Record(CUSTOM_OBJECT, profile))


@command("Test-NetConnection", "ComputerName:0 Port InformationLevel", "tnc")
async def test_net_connection(call: Call) -> None:
    """Displays diagnostic information for a connection."""
    network = call.shell.machine.network
    target = call.text("computername", "localhost")
    port = call.integer("port")
    listening = {each.local_port for each in network.connections if each.state == "Listen"}
    reached = target in ("localhost", "127.0.0.1", network.address) and (not port or port in listening)
    reached = reached or (target == "10.0.0.1" and port in (0, 443))
    result: dict[str, Value] = {
        "ComputerName": target, "RemoteAddress": target, "RemotePort": port, "InterfaceAlias": _ADAPTER,
        "SourceAddress": network.address, "TcpTestSucceeded": reached,
    }  # fmt: skip
    await call.put(Record(CUSTOM_OBJECT, result))


async def _administrators_only(call: Call) -> None:
    if not call.shell.token.administrator and not any(
        g.sid == "S-1-5-32-578" for g in call.shell.token.groups
    ):
        raise call.error(
            "Access is denied.", "PermissionDenied", "HnsAccessDenied", "UnauthorizedAccessException"
        )


@command("Get-HnsNetwork", "Id:0 Detailed?")
async def get_hns_network(call: Call) -> None:
    """Gets the networks of the Host Network Service."""
    await _administrators_only(call)
    for each in call.shell.machine.network.hns_networks:
        subnet = Record(CUSTOM_OBJECT, {"AddressPrefix": each.subnet, "GatewayAddress": each.gateway})
        network: dict[str, Value] = {
            "ActivityId": each.id[::-1], "ID": each.id, "Name": each.name, "Type": each.type, "State": 1,
            "Subnets": [subnet], "ManagementIP": call.shell.machine.network.address, "LayeredOn": each.id[:8],
        }  # fmt: skip
        await call.put(Record(CUSTOM_OBJECT, network))


@command("Get-HnsEndpoint", "Id:0")
async def get_hns_endpoint(call: Call) -> None:
    """Gets the endpoints of the Host Network Service."""
    await _administrators_only(call)
    for each in call.shell.machine.network.hns_endpoints:
        endpoint: dict[str, Value] = {
            "ID": each.id, "Name": each.name, "IPAddress": each.address, "MacAddress": each.mac,
            "VirtualNetworkName": each.network, "IsRemoteEndpoint": each.remote, "State": 3, "SharedContainers": [each.id[:12]],
        }  # fmt: skip
        await call.put(Record(CUSTOM_OBJECT, endpoint))


@command("Get-HnsPolicyList", "Id:0")
async def get_hns_policy_list(call: Call) -> None:
    """Gets the load balancers of the Host Network Service."""
    await _administrators_only(call)
    network = call.shell.machine.network
    for place, endpoint in enumerate(network.hns_endpoints):
        policy = Record(
            CUSTOM_OBJECT,
            {
                "Type": "ELB",
                "VIPs": [f"10.0.{place}.{place * 7 + 10}"],
                "ExternalPort": 443,
                "InternalPort": 8443,
                "Protocol": 6,
            },
        )
        await call.put(
            Record(
                CUSTOM_OBJECT, {"ID": endpoint.id[::-1], "References": [endpoint.id], "Policies": [policy]}
            )
        )
