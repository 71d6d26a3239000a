"""Daily erasure of expired submissions and enrolment codes. Used by `server/jobs.py`.

A form's version says how long its submissions are kept; replication erases them on every node.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from server.inbox.quarantine import expire
from server.inbox.replicated_receipts import TRANSPORT
from server.inbox.service import InboxService
from server.inbox.submission_index import SubmissionFilter, SubmissionIndex, SubmissionSummary
from sync.forms.version_store import load_stored_forms
from sync.store.checked_writes import ensure_all_present
from sync.store.contract import Collection, Saved, Store, Write
from sync.store.iteration import iterate_pages
from sync.submissions.related_records import HEADQUARTERS_NODE

ERASURE_REASON = "kept-long-enough"
GRACE_DAYS = 30  # an expired code keeps its own error, and a phone that lost the response can repeat its request
PAGE_SIZE = 500


async def erase_expired(store: Store, inbox: InboxService, index: SubmissionIndex, today: datetime.date) -> int:
    """Erase submissions older than the retention of their form's version, and old quarantined records.

    Returns the number of submissions. Their age counts from the day on which headquarters received them: the clocks of
    phones and hubs may be years off.
    """
    forms = await load_stored_forms(store)
    summaries = await index.find(SubmissionFilter())
    seen = await _note_first_days(store, inbox, summaries)
    erased = 0
    for summary in summaries:
        form = forms.get(summary.version)
        arrived = seen.get(summary.id) or arrival_day(summary)
        if form and arrived and datetime.date.fromisoformat(arrived) + datetime.timedelta(form.retention_days) < today:
            await inbox.erase(summary.id, ERASURE_REASON)
            erased += 1
    await expire(store, index, today)
    return erased


def arrival_day(summary: SubmissionSummary) -> str:
    """Day of arrival at headquarters; "" while headquarters has not judged what another node received."""
    return summary.arrived or ("" if summary.noted_arrival else summary.day)


async def _note_first_days(store: Store, inbox: InboxService, summaries: Sequence[SubmissionSummary]) -> dict[str, str]:
    """Note the day of submissions that came from elsewhere without any note of their arrival; return the new notes."""
    first_seen, inbox.first_seen = inbox.first_seen, {}
    days = {
        summary.id: first_seen[summary.id]
        for summary in summaries
        if summary.id in first_seen and not summary.noted_arrival and summary.day != first_seen[summary.id]
    }
    writes = [Write(f"received:{id}:{HEADQUARTERS_NODE}", {"day": day, "road": TRANSPORT}) for id, day in days.items()]
    ensure_all_present(await store.write(Collection.FEEDBACK, writes) if writes else [])
    return days


async def drop_expired_invitations(store: Store, today: datetime.date) -> int:
    """Delete codes that expired GRACE_DAYS ago, used or not; return their number. Enrolled phones stay."""
    before = (today - datetime.timedelta(days=GRACE_DAYS)).isoformat()
    dropped = 0
    async for page in iterate_pages(store, Collection.PEOPLE, "enrolment:", page_size=PAGE_SIZE):
        ended = [Write(record.id, None, record.rev) for record in page if str(record.body.get("expires")) < before]
        outcomes = await store.write(Collection.PEOPLE, ended) if ended else []
        dropped += sum(isinstance(outcome, Saved) for outcome in outcomes)
    return dropped
