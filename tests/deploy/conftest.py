"""The last lines of the report when Caddy or Prometheus is not installed."""

from __future__ import annotations

import pytest

from tests.support.caddy import CADDY
from tests.support.promtool import PROMTOOL


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not CADDY:
        terminalreporter.write_line(
            "not run: caddy validate (no caddy here: sudo apt-get install -y caddy, or KUNNAFONI_TEST_CADDY)"
        )
    if not PROMTOOL:
        terminalreporter.write_line(
            "not run: promtool check rules (sudo apt-get install -y prometheus, or KUNNAFONI_TEST_PROMTOOL)"
        )
