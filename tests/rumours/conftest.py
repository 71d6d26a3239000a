"""The rumour desk's fixtures: a site with forms and console, and phones that report."""

from __future__ import annotations

import pytest

from tests.support.console_feedback import FeedbackConsole
from tests.support.console_fixtures import feedback
from tests.support.rumour_desk import Reporters

__all__ = ["feedback"]


@pytest.fixture
def reporters(feedback: FeedbackConsole) -> Reporters:
    return Reporters(feedback)
