"""The cluster's tests need a cluster; without one they are not run, and the report says so. Their figures stand at its end."""

from __future__ import annotations

import pytest

from tests.cluster.nodes import READY
from tests.hubs.figures import MEASURED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not READY:
        terminalreporter.write_line(
            "not run: tests/cluster (see tests/cluster/nodes.py for the variables that name three nodes)"
        )
    for line in [line for line in MEASURED if line.startswith("cluster:")]:
        terminalreporter.write_line(line)
