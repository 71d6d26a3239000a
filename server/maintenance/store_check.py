"""The doctor's check of the store: its parts, then files, databases and permissions."""

from __future__ import annotations

from server.maintenance.finding import Finding, finding_of
from server.maintenance.known_stores import KnownStores
from sync.errors import KunnafoniError
from sync.store.contract import Store
from sync.store.identity import open_identified, require_whole


async def check_store(store: Store, known: KnownStores) -> list[Finding]:
    """Findings of the store. If a part is missing, none has a repair, because a repair would create the part anew."""
    try:
        await require_whole(store, known.identity)
        issues = await store.check_health()
    except KunnafoniError as error:
        return [finding_of(error)]

    async def open_store() -> None:
        known.record_identity(await open_identified(store, known.identity))

    return [
        Finding(issue.code, issue.sentence, values=dict(issue.values), fix=open_store if issue.is_repairable else None)
        for issue in issues
    ]
