"""When somebody should read a text again: the day that was set, else a year after it was last known to be right."""

from __future__ import annotations

import datetime

from server.writing.records import Work

READ_AGAIN = datetime.timedelta(days=365)  # a text nobody set a date for


def due_of(work: Work) -> str:
    """YYYY-MM-DD; "" where nothing says when the text was written."""
    if work.due or work.main is None:
        return work.due
    known = max(str(work.main.body["fields"].get("updated", "")), str((work.approval or {}).get("when", ""))[:10])
    try:
        return (datetime.date.fromisoformat(known) + READ_AGAIN).isoformat()
    except ValueError:
        return ""


def is_overdue(work: Work, today: str) -> bool:
    due = due_of(work)
    return bool(due) and due < today and not work.withdrawn
