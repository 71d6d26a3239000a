"""Daily erasure of expired submissions and enrolment codes. Used by `server/jobs.py`.

A form's version says how long its submissions are kept; replication erases them on every node.
"""

from __future__ import annotations

import datetime

from server.inbox.service import InboxService
from server.inbox.submission_index import SubmissionFilter, SubmissionIndex
from sync.forms.version_store import load_stored_forms
from sync.store.contract import Collection, Saved, Store, Write
from sync.store.iteration import iterate_pages

ERASURE_REASON = "kept-long-enough"
GRACE_DAYS = 30  # an expired code keeps its own error, and a phone that lost the response can repeat its request
PAGE_SIZE = 500


async def erase_expired(store: Store, inbox: InboxService, index: SubmissionIndex, today: datetime.date) -> int:
    """Erase submissions older than the retention of their form's version; return their number."""
    forms = await load_stored_forms(store)
    erased = 0
    for summary in await index.find(SubmissionFilter()):
        form = forms.get(summary.version)
        if (
            form
            and datetime.date.fromisoformat(summary.received) + datetime.timedelta(days=form.retention_days) < today
        ):
            await inbox.erase(summary.id, ERASURE_REASON)
            erased += 1
    return erased


async def drop_expired_invitations(store: Store, today: datetime.date) -> int:
    """Delete codes that expired GRACE_DAYS ago, used or not; return their number. Enrolled phones stay."""
    before = (today - datetime.timedelta(days=GRACE_DAYS)).isoformat()
    dropped = 0
    async for page in iterate_pages(store, Collection.PEOPLE, "enrolment:", page_size=PAGE_SIZE):
        ended = [Write(record.id, None, record.rev) for record in page if str(record.body.get("expires")) < before]
        outcomes = await store.write(Collection.PEOPLE, ended) if ended else []
        dropped += sum(isinstance(outcome, Saved) for outcome in outcomes)
    return dropped
