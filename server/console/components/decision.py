"""Decisions bound to what was seen: a form carries the fingerprint of what stood on its page.

Templates write it with `seen(fingerprint)` of forms.html, or in the `fields` of a button; the action compares it before
it acts. Used by the alerts.
"""

from __future__ import annotations

from server.console.context import ConsoleContext
from sync.errors import Conflict

FIELD = "seen"


class ChangedMeanwhile(Conflict):
    """Raised when the page showed another text than the one that stands there now; nothing was done."""

    def __init__(self) -> None:
        super().__init__(
            "changed-meanwhile",
            "Ce que vous avez vu a changé depuis. Rien n’a été fait.",
            "Relisez la page, puis décidez de nouveau.",
        )


def has_seen(context: ConsoleContext, fingerprint: str) -> bool:
    """True if the posted form was made from what has this fingerprint."""
    return context.text(FIELD) == fingerprint


def require_seen(context: ConsoleContext, fingerprint: str) -> None:
    """Raises ChangedMeanwhile unless the posted form was made from what has this fingerprint."""
    if not has_seen(context, fingerprint):
        raise ChangedMeanwhile
