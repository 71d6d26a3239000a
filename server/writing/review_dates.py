"""Due date of the next review of a text: the date that was set, else a year after its last update or approval."""

from __future__ import annotations

import datetime

from server.writing.draft_records import WorkingDocument

REVIEW_INTERVAL = datetime.timedelta(days=365)  # for texts without a date


def get_due_date(work: WorkingDocument) -> str:
    """The due date as YYYY-MM-DD; "" if the text has no date at all."""
    if work.due or work.main is None:
        return work.due
    last_checked = max(
        str(work.main.body["fields"].get("updated", "")), str((work.approval or {}).get("when", ""))[:10]
    )
    try:
        return (datetime.date.fromisoformat(last_checked) + REVIEW_INTERVAL).isoformat()
    except (ValueError, OverflowError):
        return ""


def is_overdue(work: WorkingDocument, today: str) -> bool:
    due = get_due_date(work)
    return bool(due) and due < today and not work.is_withdrawn
