"""Records of a publication from the console: an entry of its log and one of the journal for each channel."""

from __future__ import annotations

from collections.abc import Sequence

from server.accounts.audit import audit_of
from server.console.context import ConsoleContext
from server.publishing import publication_log
from server.publishing.publisher import Publication
from server.web.app_state import clock_of, store_of


async def record_publications(
    context: ConsoleContext, publications: Sequence[Publication], reason: str, text: str
) -> None:
    """`text`: the short digest of the page on which the person decided."""
    when = clock_of(context)().isoformat(timespec="seconds")
    store, audit = store_of(context), audit_of(context)
    await publication_log.record_publications(store, audit, publications, context.user.name, reason, when, text=text)
