"""What hptui adds to records stands whatever a host says in them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hptui.errors import ProbeError
from hptui.probes.actions import deed_for, has_deed
from hptui.probes.catalogue import built_in
from hptui.probes.insight import insight
from hptui.probes.pipes import check_openable, pipe_name, tree
from hptui.probes.probe import Probe, parse_probe
from hptui.probes.reader import Record
from hptui.probes.table import table_of
from tests.probes.test_values import JSON

NAMED = [
    probe for probe in built_in() if probe.name in ("admin", "pipes", "agent-log", "processes", "services")
]
KEYS = sorted({column.key for probe in NAMED for column in probe.columns})


@settings(max_examples=50)
@given(st.sampled_from(NAMED), st.lists(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=8), max_size=4))
def test_any_record_becomes_a_row_and_any_row_is_judged(probe: Probe, records: list[Record]) -> None:
    assert len(table_of(probe, records).rows) == len(records)
    if has_deed(probe):
        for record in records:
            with contextlib.suppress(ProbeError):
                deed_for(probe, record)


@given(st.lists(st.text(), max_size=30))
def test_any_names_make_a_tree_that_loses_none(names: list[str]) -> None:
    assert tree(names).count == len(names)


@given(st.text())
def test_no_spelling_of_a_forbidden_pipe_gets_through(dressing: str) -> None:
    for name in ("lsass", "containerd-containerd", "csi-proxy-disk-v1"):
        for spelt in (f"\\\\.\\pipe\\{name}", f" {name}\\", name.upper()):
            with pytest.raises(ProbeError):
                check_openable(spelt)
    with contextlib.suppress(ProbeError):
        check_openable(dressing)
        assert pipe_name(dressing)


def test_a_person_s_own_probe_is_left_as_it_is() -> None:
    own = parse_probe("pipes", "# title: Mine\n1|O\n", own=True)
    record = {"name": "lsass"}
    assert insight(own)(record) is record
