"""The last lines of the report: measured figures, and the journeys that were not run."""

from __future__ import annotations

import pytest

from tests.support.couch_cluster import IS_CONFIGURED
from tests.support.measured_figures import take_figures
from tests.support.store_backends import REAL_COUCHDB


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not REAL_COUCHDB:
        terminalreporter.write_line(
            "not run: journeys over two replicating CouchDBs (KUNNAFONI_TEST_COUCHDB names none)"
        )
    if not IS_CONFIGURED:
        terminalreporter.write_line(
            "not run: journeys over a cluster (tests/support/couch_cluster.py has the variables that name three nodes)"
        )
    for line in take_figures():
        terminalreporter.write_line(line)
