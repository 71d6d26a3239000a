"""Findings of the check of an alert: where, what is wrong, what to do, and whether they keep it from leaving."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class IssueLevel(StrEnum):
    STOP = "stop"  # the alert is not sent
    ADVICE = "advice"  # a person decides


@dataclass(frozen=True, slots=True)
class AlertIssue:
    """One finding. `steps`: keys of the field, e.g. ("info", "bm", "description"). `hint`: what to do about it."""

    steps: tuple[str | int, ...]
    code: str
    sentence: str
    hint: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    level: IssueLevel = IssueLevel.STOP
