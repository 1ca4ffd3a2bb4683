"""The guardian where it can't help: what a person is told then. What it does is in test_endings.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.programs import LIMIT, Cluster, journal, pods, running

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="finding processes needs Linux's /proc"
)


def test_what_cannot_be_removed_is_told_with_the_command_that_does(cluster: Cluster, tmp_path: Path) -> None:
    with running(cluster, tmp_path) as process:
        (name,) = pods(cluster)
        Path(cluster["kubeconfig"]).write_text("nothing: {}")
        process.kill()
        _, err = process.communicate(timeout=LIMIT)
    assert name in err
    assert "kubectl delete pod" in err
    assert len(journal(tmp_path)) == 1
