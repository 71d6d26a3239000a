"""What of hubs needs a real CouchDB is not run without one, and the report says so."""

from __future__ import annotations

import pytest

from tests.hubs.figures import MEASURED
from tests.store.backends import REAL


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not REAL:
        terminalreporter.write_line(
            "not run: tests/hubs over two replicating CouchDBs (KUNNAFONI_TEST_COUCHDB names none)"
        )
    for line in [line for line in MEASURED if not line.startswith("cluster:")]:
        terminalreporter.write_line(line)
