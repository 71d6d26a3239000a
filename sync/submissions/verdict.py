"""The verdict on one line of a request or bundle, as phones read it (PROTOCOL.md, section 11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sync.errors import Refused

RETRY_SECONDS = 30  # until a phone sends again


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a line. `subject` identifies the line: `{"id"}` or `{"file", "at"}`; `details`: further keys."""

    subject: dict[str, Any]
    verdict: str
    details: dict[str, Any] = field(default_factory=dict)
    error: Refused | None = None

    def as_json(self, language: Any = None) -> dict[str, Any]:
        """The verdict for a response. `language` translates the sentence of a refusal; None: not translated."""
        refusal = {"code": self.error.code, "sentence": self.error.text(language or str)} if self.error else {}
        return self.subject | {"verdict": self.verdict} | refusal | self.details
