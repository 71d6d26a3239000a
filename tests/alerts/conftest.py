"""The last line of the report where the CAP messages of others are not beside the repository."""

from __future__ import annotations

import pytest

from tests.support.sample_cap import CORPUS


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not CORPUS.is_dir():
        terminalreporter.write_line("not run: CAP messages of others (KUNNAFONI_TEST_CAP: the folder that holds them)")
