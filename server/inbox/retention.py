"""Each form says how long its submissions are kept; after that they are erased, here and by replication on every node."""

from __future__ import annotations

import datetime

from server.inbox.index import Filter
from server.services import Services
from sync.submissions.versions import stored_forms

WHY = "kept-long-enough"


async def erase_old(services: Services) -> int:
    """Erase what has been here longer than its form's version says. How many there were."""
    forms = await stored_forms(services.store)
    today = services.clock().date()
    erased = 0
    for row in await services.index.find(Filter()):
        form = forms.get(row.version)
        if form and datetime.date.fromisoformat(row.received) + datetime.timedelta(days=form.keep) < today:
            await services.desk.erase(row.id, WHY)
            erased += 1
    return erased
