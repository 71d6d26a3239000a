"""The last lines of the report: measured figures, and the tests of hubs that were not run."""

from __future__ import annotations

import pytest

from tests.support.measured_figures import take_figures
from tests.support.store_backends import REAL_COUCHDB


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not REAL_COUCHDB:
        terminalreporter.write_line(
            "not run: tests/hubs over two replicating CouchDBs (KUNNAFONI_TEST_COUCHDB names none)"
        )
    for line in take_figures():
        terminalreporter.write_line(line)
