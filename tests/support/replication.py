"""Submissions as a hub's replication brings them: records in headquarters' store that no request wrote."""

from __future__ import annotations

from sync.store.contract import Collection, Write
from tests.support.inbox_site import InboxSite
from tests.support.phone_simulator import DAY, FilledForm

HUB_RUN = "f0f0f0"


async def replicate(
    inbox_site: InboxSite, *filled: FilledForm, day: str = DAY, node: str = "kayes", run: str = HUB_RUN
) -> None:
    """Write submissions, and the hub's notes of their arrival (`node` "": none); then catch up."""
    store = inbox_site.site.services.store
    writes = []
    for one in filled:
        body = {"text": one.text} | ({"signature": one.signature} if one.signature else {})
        writes.append(Write(f"submission:{run}:{one.id}", body))
        if node:
            writes.append(Write(f"received:{one.id}:{node}", {"day": day, "road": "direct"}))
    await store.write(Collection.FEEDBACK, writes)
    await inbox_site.site.services.inbox.node_cache._catch_up(Collection.FEEDBACK)
