"""The answer to the start of a publication: its result, or the page of its progress."""

from __future__ import annotations

from starlette.responses import Response

from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.publishing.publication_progress import PublicationRun


def redirect_to_progress(context: ConsoleContext, run: PublicationRun) -> Response:
    """The next page if it is done, else that of its progress. Raises the error for which it stopped."""
    if run.require_success():
        return context.redirect(run.next_page, FlashMessage.PUBLISHED)
    return context.redirect(f"/publishing/progress/{run.id}")
