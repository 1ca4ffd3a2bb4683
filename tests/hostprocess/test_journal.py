"""What was created and not yet seen gone is on disk, whatever ends the program, and nothing on disk ends a program."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hptui.cluster.connect import ConnectOptions, connect
from hptui.cluster.port import Cluster
from hptui.demo.cluster import SimulatedCluster
from hptui.demo.pace import brisk
from hptui.hostprocess.guardian import Guardian
from hptui.hostprocess.journal import Entry, Journal, address, entry_for, forget, read_journals
from hptui.hostprocess.leftovers import find_leftovers, open_here
from hptui.hostprocess.manifest import SessionSpec, pod_manifest
from hptui.hostprocess.origin import new_session_id
from hptui.hostprocess.safety_net import SafetyNet
from hptui.hostprocess.session import Session
from tests.cluster.conftest import until

NODE = "akswin22000000"
LONG_AGO = (datetime.now(UTC) - timedelta(days=3)).isoformat()

ENTRY = Entry(
    server="https://one.example:6443",
    context="one",
    kubeconfig="/home/anna/.kube/config",
    namespace="hptui",
    pod_name="hptui-win-1-abcd2345",
    session_id="abcd2345",
    node="win-1",
    account="NT AUTHORITY\\SYSTEM",
    deadline=3600,
    created=LONG_AGO,
)
OTHER = replace(ENTRY, session_id="wxyz6789", pod_name="hptui-win-1-wxyz6789")


def written(folder: Path, *entries: Entry) -> Path:
    """The file of a run that has ended while these were open."""
    before = set(folder.iterdir())
    journal = Journal(folder)
    for entry in entries:
        assert journal.add(entry) == ""
    journal.close()
    (path,) = set(folder.iterdir()) - before
    return path


def test_what_is_open_is_known_as_of_a_living_run_and_then_of_a_dead_one(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    assert journal.add(ENTRY) == ""
    journal.seen(ENTRY.session_id, "the-uid")
    seen = replace(ENTRY, uid="the-uid")
    assert read_journals(journal.folder).living == (seen,)
    assert read_journals(journal.folder).dead == ()
    journal.close()
    assert read_journals(journal.folder).dead == (seen,)
    assert read_journals(journal.folder).living == ()


def test_the_file_goes_with_its_last_entry_and_comes_again_with_the_next(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.add(ENTRY)
    journal.add(OTHER)
    journal.gone(ENTRY.session_id)
    assert read_journals(tmp_path).living == (OTHER,)
    journal.gone(OTHER.session_id)
    assert os.listdir(tmp_path) == []
    journal.add(ENTRY)
    assert read_journals(tmp_path).living == (ENTRY,)
    journal.close()
    journal.close()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "journal"
    folder.mkdir(parents=True, mode=0o755)
    path = written(folder, ENTRY)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_several_at_once_keep_apart(tmp_path: Path) -> None:
    first, second = Journal(tmp_path), Journal(tmp_path)
    first.add(ENTRY)
    second.add(OTHER)
    assert set(read_journals(tmp_path).living) == {ENTRY, OTHER}
    first.close()
    found = read_journals(tmp_path)
    assert (found.dead, found.living) == ((ENTRY,), (OTHER,))
    forget(tmp_path, {ENTRY.session_id, OTHER.session_id})
    found = read_journals(tmp_path)
    assert (found.dead, found.living) == ((), (OTHER,)), "a living run's file is its own"
    second.close()


def test_many_readers_at_once_take_none_for_a_living_run(tmp_path: Path) -> None:
    entries = [replace(ENTRY, session_id=f"abcd{number:04}") for number in range(40)]
    written(tmp_path, *entries)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda entry: forget(tmp_path, {entry.session_id}), entries))
    assert os.listdir(tmp_path) == []


KEEPER = """
import sys
from pathlib import Path
from hptui.hostprocess.journal import Entry, Journal
import json
journal = Journal(Path(sys.argv[1]))
assert not journal.add(Entry(**json.loads(sys.argv[2])))
print("written", flush=True)
sys.stdin.read()
"""


def test_a_killed_process_leaves_what_it_wrote(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KEEPER, str(tmp_path), json.dumps(asdict(ENTRY))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"written"
        assert read_journals(tmp_path).living == (ENTRY,), "locked by another process"
        process.kill()
        process.wait(20)
        assert read_journals(tmp_path).dead == (ENTRY,)
    assert process.returncode in (-getattr(signal, "SIGKILL", 9), 1)


# Damage


def test_a_line_that_was_cut_off_is_told_and_spoils_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, ENTRY)
    with path.open("ab") as file:
        file.write(b'{"created": {"server": "htt')
    found = read_journals(tmp_path)
    assert found.dead == (ENTRY,)
    assert "cut off" in found.problems[0]
    assert str(path) in found.problems[0]
    forget(tmp_path, {ENTRY.session_id})
    assert os.listdir(tmp_path) == []


def test_lines_that_say_nothing_are_told_and_their_file_stays(tmp_path: Path) -> None:
    path = written(tmp_path, ENTRY)
    path.write_bytes(b"rubbish\n" + path.read_bytes() + b'{"created": {"server": 1}}\n[]\n"created"\n')
    found = read_journals(tmp_path)
    assert found.dead == (ENTRY,)
    assert "4 line(s) cannot be read" in found.problems[0]
    forget(tmp_path, {ENTRY.session_id})
    assert read_journals(tmp_path).dead == ()
    assert path.exists()


def test_what_is_not_ours_is_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "folder.jsonl").mkdir()
    (tmp_path / "large.jsonl").write_bytes(b"\n" * (1 << 21))
    if sys.platform != "win32":
        (tmp_path / "link.jsonl").symlink_to(tmp_path / "notes.txt")
        os.mkfifo(tmp_path / "pipe.jsonl")
    names = sorted(path.name for path in tmp_path.iterdir())
    found = read_journals(tmp_path)
    assert (found.dead, found.living) == ((), ())
    assert len(found.problems) == len(names)
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    written(tmp_path, ENTRY)
    assert read_journals(tmp_path).dead == (ENTRY,)


@given(data=st.binary(max_size=400), at=st.integers(0, 600))
def test_no_bytes_are_fatal(tmp_path_factory: pytest.TempPathFactory, data: bytes, at: int) -> None:
    folder = tmp_path_factory.mktemp("journal")
    path = written(folder, ENTRY, OTHER)
    whole = path.read_bytes()
    path.write_bytes(whole[:at] + data + whole[at:])
    found = read_journals(folder)
    assert set(found.dead) <= {ENTRY, OTHER} or data
    forget(folder, {entry.session_id for entry in found.dead})
    assert read_journals(folder).dead == ()


def test_where_nothing_can_be_written_there_is_a_warning_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("a file in the way")
    journal = Journal(tmp_path / "journal")
    assert "cannot be written" in journal.add(ENTRY)
    journal.seen(ENTRY.session_id, "uid")
    journal.gone(ENTRY.session_id)
    journal.close()
    assert "cannot be read" in read_journals(tmp_path / "journal").problems[0]


def test_no_journal_at_all_is_no_problem(tmp_path: Path) -> None:
    found = read_journals(tmp_path / "none")
    assert (found.dead, found.living, found.problems) == ((), (), ())


@pytest.mark.parametrize(
    ("server", "kept"),
    [
        ("https://one.example:6443", "https://one.example:6443"),
        ("https://One.example:6443/", "https://one.example:6443"),
        ("https://anna:secret@one.example/k8s/c-1", "https://one.example/k8s/c-1"),
    ],
)
def test_a_servers_address_is_kept_without_what_is_secret(server: str, kept: str) -> None:
    assert address(server) == kept


# Beside a session


@pytest.fixture
async def simulated() -> AsyncIterator[SimulatedCluster]:
    async with SimulatedCluster(pace=brisk()) as simulated:
        yield simulated


@pytest.fixture
async def cluster(simulated: SimulatedCluster) -> AsyncIterator[Cluster]:
    cluster = await connect(ConnectOptions(kubeconfig=str(simulated.kubeconfig), request_timeout=5.0))
    yield cluster
    await cluster.close()


def spec() -> SessionSpec:
    return SessionSpec(node=NODE, namespace="hptui", session_id=new_session_id())


async def test_it_is_written_before_the_pod_exists_and_cleared_when_that_is_gone(
    cluster: Cluster, simulated: SimulatedCluster, tmp_path: Path
) -> None:
    session = Session(cluster, spec())
    net = SafetyNet(Guardian(), Journal(tmp_path))
    try:
        assert net.hold(session, cluster) == ""
        assert simulated.pods() == []
        (entry,) = read_journals(tmp_path).living
        assert (entry.session_id, entry.uid) == (session.spec.session_id, "")
        assert entry.server == address(simulated.server)
        await session.start((80, 25))
        (entry,) = read_journals(tmp_path).living
        assert entry.uid == simulated.pods()[0]["metadata"]["uid"]
        assert await open_here(tmp_path) == {session.spec.session_id}
    finally:
        await session.close()
        net.close()
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
async def test_a_guardian_that_was_killed_is_replaced_with_the_next_session(
    cluster: Cluster, simulated: SimulatedCluster, tmp_path: Path
) -> None:
    guardian = Guardian()
    net = SafetyNet(guardian, Journal(tmp_path))
    wanted = [spec(), spec()]
    net.hold(Session(cluster, wanted[0]), cluster)
    first = guardian.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await until(lambda: guardian.pid is None, "its end")
    net.hold(Session(cluster, wanted[1]), cluster)
    for each in wanted:
        await cluster.create_pod("hptui", pod_manifest(each))
    assert len(simulated.pods()) == 2
    net.close(left=True)
    await until(lambda: not simulated.pods(), "both pods gone")


async def left_in(cluster: Cluster, folder: Path, *, created: str = LONG_AGO, make: bool = True) -> Entry:
    """An entry of a run that has died, with its pod or, without `make`, alone."""
    wanted = spec()
    entry = replace(entry_for(cluster.info, wanted), created=created)
    if make:
        await cluster.create_pod("hptui", pod_manifest(wanted))
    written(folder, entry)
    return entry


async def test_a_dead_runs_pods_are_found_and_what_is_gone_is_struck_out(
    cluster: Cluster, tmp_path: Path
) -> None:
    stays = await left_in(cluster, tmp_path)
    await left_in(cluster, tmp_path, make=False)
    written(tmp_path, ENTRY)
    left = await find_leftovers(cluster, tmp_path)
    assert [pod.name for pod in left.found] == [stays.pod_name]
    assert left.elsewhere == (ENTRY,), "another cluster's, which nobody has looked at"
    assert set(read_journals(tmp_path).dead) == {stays, ENTRY}


async def test_what_may_still_be_created_is_not_struck_out(cluster: Cluster, tmp_path: Path) -> None:
    entry = await left_in(cluster, tmp_path, created=datetime.now(UTC).isoformat(), make=False)
    assert (await find_leftovers(cluster, tmp_path)).found == ()
    assert read_journals(tmp_path).dead == (entry,)


async def test_what_could_not_be_looked_at_stays_however_old(
    simulated: SimulatedCluster, tmp_path: Path
) -> None:
    options = ConnectOptions(kubeconfig=str(simulated.kubeconfig_for("nobody")))
    cluster = await connect(options)
    try:
        entry = replace(entry_for(cluster.info, spec()), created=LONG_AGO)
        written(tmp_path, entry)
        left = await find_leftovers(cluster, tmp_path)
    finally:
        await cluster.close()
    assert left.found == ()
    assert "not known" in left.problems[0]
    assert read_journals(tmp_path).dead == (entry,)
