"""ping.exe: this node, its gateway and its neighbours answer; names are known only for the node itself."""

from __future__ import annotations

import asyncio
import ipaddress
from dataclasses import dataclass, field
from random import Random

from hptui.demo.host.running import ProgramRun, program


@dataclass(slots=True)
class _Count:
    sent: int = 0
    times: list[int] = field(default_factory=list)  # milliseconds

    def summary(self, address: str) -> str:
        lost = self.sent - len(self.times)
        percent = 100 * lost // max(1, self.sent)
        text = (
            f"\nPing statistics for {address}:\n    Packets: Sent = {self.sent}, Received = {len(self.times)}, "
            f"Lost = {lost} ({percent}% loss),\n"
        )
        if self.times:
            average = sum(self.times) // len(self.times)
            text += (
                "Approximate round trip times in milli-seconds:\n"
                f"    Minimum = {min(self.times)}ms, Maximum = {max(self.times)}ms, Average = {average}ms\n"
            )
        return text


def _resolve(run: ProgramRun, name: str) -> str | None:
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        pass
    lowered = name.lower()
    if lowered == "localhost":
        return "::1"
    if lowered in (run.machine.name.lower(), run.machine.host_name.lower(), run.machine.node.lower()):
        return run.machine.network.address
    return None


def _answers(run: ProgramRun, address: str) -> bool:
    network = run.machine.network
    if ipaddress.ip_address(address).is_loopback:
        return True
    near = ipaddress.ip_network(f"{network.address}/{network.prefix}", strict=False)
    own = ipaddress.ip_address(address)
    return own in near or address in (network.dns, "10.0.0.1")


def _line(address: str, milliseconds: int) -> str:
    took = f"time={milliseconds}ms" if milliseconds else "time<1ms"
    if ":" in address:
        return f"Reply from {address}: {took} \n"
    return f"Reply from {address}: bytes=32 {took} TTL=128\n"


@program("ping.exe")
async def ping(run: ProgramRun) -> int:
    """Sends echo requests, one a second."""
    count, endless, name, wait = 4, False, "", 4.0
    words = [
        argument.replace("/", "-", 1) if argument.startswith("/") else argument for argument in run.arguments
    ]
    place = 0
    while place < len(words):
        word = words[place].lower()
        following = words[place + 1] if place + 1 < len(words) else ""
        if word == "-t":
            endless = True
        elif word in ("-n", "-w", "-l", "-i") and following.isdigit():
            place += 1
            count = int(following) if word == "-n" else count
            wait = int(following) / 1000 if word == "-w" else wait
        elif word in ("-4", "-6", "-a"):
            pass
        elif word.startswith("-"):
            await run.out(
                f"Bad option {words[place]}.\n\n\nUsage: ping [-t] [-n count] [-w timeout] target_name\n"
            )
            return 1
        else:
            name = words[place]
        place += 1
    if not name:
        await run.out("\nUsage: ping [-t] [-n count] [-w timeout] target_name\n")
        return 1
    address = _resolve(run, name)
    if address is None:
        await run.out(f"Ping request could not find host {name}. Please check the name and try again.\n")
        return 1
    if "-4" in words and address == "::1":
        address = "127.0.0.1"
    return await _ping(run, name, address, None if endless else count, wait)


async def _ping(run: ProgramRun, name: str, address: str, count: int | None, wait: float) -> int:
    counted = _Count()
    random = Random(address)
    target = (
        f"{run.machine.host_name} [{address}]"
        if name.lower() == "localhost"
        else f"{name} [{address}]"
        if name != address
        else name
    )
    await run.out(f"\nPinging {target} with 32 bytes of data:\n")
    reached = _answers(run, address)
    try:
        while count is None or counted.sent < count:
            counted.sent += 1
            if reached:
                took = 0 if ipaddress.ip_address(address).is_loopback else random.randint(0, 2)
                counted.times.append(took)
                await run.out(_line(address, took))
            else:
                await _settle(run, wait)
                await run.out("Request timed out.\n")
            if count is None or counted.sent < count:
                await _settle(run, 1.0 if reached else 0.5)
    except asyncio.CancelledError:
        if run.console is not None:
            # As on Ctrl+C: what there was so far.
            await run.console.show(counted.summary(address).replace("\n", "\r\n") + "Control-C\r\n")
        raise
    await run.out(counted.summary(address))
    return 0 if counted.times else 1


async def _settle(run: ProgramRun, seconds: float) -> None:
    if run.console is not None:
        await run.console.flush()
    await asyncio.sleep(seconds)
