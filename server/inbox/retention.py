"""What is not kept for ever: submissions, as long as their form says, erased here and by replication on every node; codes of phones that
were to be enrolled, a month after they ended.
"""

from __future__ import annotations

import datetime

from server.inbox.service import InboxService
from server.inbox.submission_index import SubmissionFilter, SubmissionIndex
from sync.forms.version_store import load_stored_forms
from sync.store.contract import Collection, Saved, Store, Write
from sync.store.iteration import iterate_pages

ERASURE_REASON = "kept-long-enough"
GRACE_DAYS = 30  # an ended code is still told from one that never was, and a phone whose answer was lost gets it again
PAGE_SIZE = 500


async def erase_expired(store: Store, desk: InboxService, index: SubmissionIndex, today: datetime.date) -> int:
    """Erase what has been here longer than its form's version says. How many there were."""
    forms = await load_stored_forms(store)
    erased = 0
    for row in await index.find(SubmissionFilter()):
        form = forms.get(row.version)
        if form and datetime.date.fromisoformat(row.received) + datetime.timedelta(days=form.retention_days) < today:
            await desk.erase(row.id, ERASURE_REASON)
            erased += 1
    return erased


async def drop_expired_invitations(store: Store, today: datetime.date) -> int:
    """Forget codes that ended long ago, used or not; the phones they enrolled stay. How many went."""
    before = (today - datetime.timedelta(days=GRACE_DAYS)).isoformat()
    dropped = 0
    async for page in iterate_pages(store, Collection.PEOPLE, "enrolment:", page_size=PAGE_SIZE):
        ended = [Write(record.id, None, record.rev) for record in page if record.body["expires"] < before]
        outcomes = await store.write(Collection.PEOPLE, ended) if ended else []
        dropped += sum(isinstance(outcome, Saved) for outcome in outcomes)
    return dropped
