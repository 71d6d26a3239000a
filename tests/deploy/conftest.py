"""What only Caddy itself can judge is not run without it, and the report says so."""

from __future__ import annotations

import pytest

from tests.support.caddy import CADDY


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not CADDY:
        terminalreporter.write_line(
            "not run: caddy validate (no caddy here: sudo apt-get install -y caddy, or KUNNAFONI_TEST_CADDY)"
        )
