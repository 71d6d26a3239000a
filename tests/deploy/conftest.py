"""The last line of the report when Caddy is not installed."""

from __future__ import annotations

import pytest

from tests.support.caddy import CADDY


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not CADDY:
        terminalreporter.write_line(
            "not run: caddy validate (no caddy here: sudo apt-get install -y caddy, or KUNNAFONI_TEST_CADDY)"
        )
