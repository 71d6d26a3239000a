"""When somebody should read a text again: the day that was set, else a year after it was last known to be right."""

from __future__ import annotations

import datetime

from server.writing.draft_records import WorkingDocument

REVIEW_INTERVAL = datetime.timedelta(days=365)  # a text nobody set a date for


def get_due_date(work: WorkingDocument) -> str:
    """YYYY-MM-DD; "" where nothing says when the text was written."""
    if work.due or work.main is None:
        return work.due
    known = max(str(work.main.body["fields"].get("updated", "")), str((work.approval or {}).get("when", ""))[:10])
    try:
        return (datetime.date.fromisoformat(known) + REVIEW_INTERVAL).isoformat()
    except ValueError:
        return ""


def is_overdue(work: WorkingDocument, today: str) -> bool:
    due = get_due_date(work)
    return bool(due) and due < today and not work.is_withdrawn
