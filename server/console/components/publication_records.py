"""Records of a publication from the console: an entry of its log and one of the journal for each channel."""

from __future__ import annotations

from collections.abc import Sequence

from server.console.context import ConsoleContext
from server.publishing.publication_log import record_publication
from server.publishing.publisher import Publication
from server.web.app_state import clock_of, store_of


async def record_publications(
    context: ConsoleContext, publications: Sequence[Publication], reason: str, text: str
) -> None:
    """`text`: the short digest of the page on which the person decided."""
    when = clock_of(context)().isoformat(timespec="seconds")
    for publication in publications:
        if not publication.plan.is_unchanged:
            await record_publication(store_of(context), publication, context.user.name, reason, when)
            number = publication.edition.statement.number if publication.edition else 0
            await context.record_action("published", publication.plan.channel, why=reason, number=number, text=text)
