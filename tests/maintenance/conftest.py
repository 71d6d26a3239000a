"""The last lines of the report: measured figures."""

from __future__ import annotations

import pytest

from tests.support.measured_figures import take_figures


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in take_figures():
        terminalreporter.write_line(line)
