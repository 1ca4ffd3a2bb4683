"""The event logs of a simulated node."""

# ruff: noqa: E501  (one service or event a line, as they are)

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

NEWEST = 48_000
"""The number of the newest event that a machine starts with."""
LEVELS = {1: "Critical", 2: "Error", 3: "Warning", 4: "Information"}


@dataclass(frozen=True, slots=True)
class EventRecord:
    index: int
    log: str
    provider: str
    id: int
    level: int
    at: datetime
    message: str


# log | provider | id | level | message
_KINDS = (
    "System|Service Control Manager|7036|4|The {service} service entered the {state} state.",
    "System|Service Control Manager|7040|4|The start type of the Background Intelligent Transfer Service service was changed from auto start to demand start.",
    "System|Microsoft-Windows-Kernel-General|16|4|The access history in hive \\??\\C:\\ProgramData\\Microsoft\\Provisioning\\Microsoft-Desktop-Provisioning-Sequence.dat was cleared updating 0 keys and creating 0 modified pages.",
    "System|Microsoft-Windows-Time-Service|35|4|The time service is now synchronizing the system time with the time source VM IC Time Synchronization Provider.",
    "System|Microsoft-Windows-Time-Service|134|3|NtpClient was unable to set a manual peer to use as a time source because of DNS resolution error on 'time.windows.com,0x8'.",
    "System|Microsoft-Windows-DNS-Client|1014|3|Name resolution for the name _ldap._tcp.dc._msdcs timed out after none of the configured DNS servers responded.",
    "System|Microsoft-Windows-Hyper-V-VmSwitch|102|4|Networking driver in port '{port}' loaded and the negotiated NDIS version is 6.87.",
    "System|Microsoft-Windows-FilterManager|6|4|File System Filter 'wcifs' (10.0, ‎2021‎-‎05‎-‎08T00:00:00Z) has successfully loaded and registered with Filter Manager.",
    "System|Microsoft-Windows-WindowsUpdateClient|19|4|Installation Successful: Windows successfully installed the following update: Security Intelligence Update for Microsoft Defender Antivirus - KB2267602.",
    "System|Service Control Manager|7031|2|The {service} service terminated unexpectedly.  It has done this 1 time(s).  The following corrective action will be taken in 60000 milliseconds: Restart the service.",
    "System|Schannel|36871|2|A fatal error occurred while creating a TLS client credential. The internal error state is 10013.",
    "Application|kubelet|1|4|SyncLoop (PLEG): event for pod",
    "Application|containerd|1|3|cleaning up after shim disconnected",
    "Application|Microsoft-Windows-Security-SPP|16384|4|Successfully scheduled Software Protection service for re-start.",
    "Application|ESENT|326|4|svchost (2044,D,50) DS_Token_DB: The database engine attached a database.",
    "Application|Application Error|1000|2|Faulting application name: w3wp.exe, version: 10.0.20348.1, time stamp: 0x405e4cc8\r\nFaulting module name: KERNELBASE.dll, version: 10.0.20348.1, time stamp: 0x13af0815\r\nException code: 0xe0434352",
    "Microsoft-Windows-Hyper-V-Compute-Operational|Microsoft-Windows-Hyper-V-Compute|2000|4|Create compute system, result 0x00000000.",
    "Microsoft-Windows-Hyper-V-Compute-Admin|Microsoft-Windows-Hyper-V-Compute|3000|2|The virtual machine or container exited unexpectedly.",
    "Microsoft-Windows-Host-Network-Service-Admin|Microsoft-Windows-Host-Network-Service|1012|4|HNS endpoint created.",
)
_SERVICES = (
    "Windows Modules Installer",
    "Background Intelligent Transfer Service",
    "WMI Performance Adapter",
    "Windows Update",
)


def make_event(random: Random, index: int, at: datetime) -> EventRecord:
    """One of those that come all the time."""
    log, provider, identifier, level, message = random.choice(_KINDS).split("|", 4)
    text = message.format(
        service=random.choice(_SERVICES),
        state=random.choice(("running", "stopped")),
        port=f"{random.getrandbits(32):08x}",
    )
    return EventRecord(index, log, provider, int(identifier), int(level), at, text)


def make_events(
    random: Random, boot: datetime, now: datetime, machine: str, *, badly: bool = False
) -> list[EventRecord]:
    """`badly` where the boot before this one ended in a bug check."""
    span = (now - boot).total_seconds()
    times = sorted((boot + timedelta(seconds=span * random.random()) for _ in range(360)), reverse=True)
    events = [make_event(random, NEWEST - place, at) for place, at in enumerate(times)]
    events += [
        EventRecord(12, "System", "EventLog", 6005, 4, boot + timedelta(seconds=9), "The Event log service was started."),
        EventRecord(
            11, "System", "EventLog", 6009, 4, boot + timedelta(seconds=9),
            "Microsoft (R) Windows (R) 10.00. Multiprocessor Free.",
        ),
    ]  # fmt: skip
    return events + (_bug_check(boot) if badly else _restart(boot, machine))


def _restart(boot: datetime, machine: str) -> list[EventRecord]:
    return [
        EventRecord(10, "System", "EventLog", 6006, 4, boot - timedelta(seconds=22), "The Event log service was stopped."),
        EventRecord(
            9, "System", "User32", 1074, 4, boot - timedelta(seconds=31),
            f"The process C:\\Windows\\servicing\\TrustedInstaller.exe ({machine}) has initiated the restart of computer "
            f"{machine} on behalf of user NT AUTHORITY\\SYSTEM for the following reason: Operating System: Upgrade (Planned)",
        ),
    ]  # fmt: skip


def _bug_check(boot: datetime) -> list[EventRecord]:
    return [
        EventRecord(
            10, "System", "Microsoft-Windows-WER-SystemErrorReporting", 1001, 2, boot + timedelta(seconds=8),
            "The computer has rebooted from a bugcheck.  The bugcheck was: 0x0000009f (0x0000000000000003, 0xffffc50f2b1a7060, "
            "0xfffff8046b2a8fb0, 0xffffc50f3f9e0a20). A dump was saved in: C:\\Windows\\MEMORY.DMP.",
        ),
        EventRecord(
            9, "System", "EventLog", 6008, 2, boot + timedelta(seconds=7),
            f"The previous system shutdown at {boot - timedelta(minutes=9):%I:%M:%S %p} on {boot:%m/%d/%Y} was unexpected.",
        ),
        EventRecord(
            8, "System", "Microsoft-Windows-Kernel-Power", 41, 1, boot + timedelta(seconds=6),
            "The system has rebooted without cleanly shutting down first. This error could be caused if the system stopped "
            "responding, crashed, or lost power unexpectedly.",
        ),
    ]  # fmt: skip
