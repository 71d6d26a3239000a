"""The answer to a decision about something that changed meanwhile: both texts side by side, and nothing done."""

from __future__ import annotations

from starlette.responses import Response

from server.console import page
from server.console.components.decision import ChangedMeanwhile
from server.console.context import CONSOLE_PATH, ConsoleContext
from server.web.errors import status_of
from server.writing.text_diff import side_by_side


def render_changed(context: ConsoleContext, error: ChangedMeanwhile) -> Response:
    """The page, with what the person had written."""
    sentence, hint = error.translate(context.language)
    return page.render(
        context,
        "components/changed.html",
        context.language("Cela a changé"),
        status=status_of(error),
        sentence=sentence,
        hint=hint,
        is_same=error.seen == error.current,
        diff_rows=side_by_side(error.seen, error.current),
        back=CONSOLE_PATH + error.back,
        typed=error.typed,
    )
