"""A document as the phone shows it, framed beside its editor. Scripts do not run in it."""

from __future__ import annotations

from anyio import to_thread
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, Response

from server.console.context import ConsoleContext
from server.console.writing.editor import read_fields
from server.console.writing.labels import error_sentences
from server.console.writing.views import get_work
from server.web.app_state import assets_of
from server.web.security import FRAMES, shell_policy
from server.writing.checks import check
from server.writing.preview import Preview
from server.writing.preview import render_preview as draw
from server.writing.workspace import workspace_of
from sync.errors import BadContent


async def preview(context: ConsoleContext) -> Response:
    """The page of what was posted, or of the text as it is kept."""
    snapshot = await workspace_of(context).load_snapshot()
    work = get_work(snapshot, context)
    checked = check(work, read_fields(context, work) if context.request.method == "POST" else work.fields, snapshot)
    if checked.value is None:
        return _render_frame(context, None, list(error_sentences(context.language, checked).values()))
    try:
        drawn = await to_thread.run_sync(
            draw, snapshot.library, assets_of(context), work.kind, checked.value, context.query("page")
        )
    except BadContent as error:
        return _render_frame(context, None, [error.text(context.language)])
    return _render_frame(context, drawn, [])


def _render_frame(context: ConsoleContext, drawn: Preview | None, wrong: list[str]) -> Response:
    if drawn is None:
        said = wrong or [context.language("Aucune page ne montre encore ce document.")]
        items = Markup("").join(Markup("<p>{}</p>").format(sentence) for sentence in said)
        opening = f'<!doctype html><html lang="{escape(context.language.code)}"><meta charset="utf-8"><title>–</title>'
        html = f'{opening}<main id="main">{items}</main>'
        return HTMLResponse(html, headers=_frame_headers("default-src 'none'"))
    headers = _frame_headers(shell_policy(drawn.shell).removesuffix(FRAMES)) | {
        "kunnafoni-weight": str(drawn.byte_size)
    }
    return HTMLResponse(drawn.html, headers=headers)


def _frame_headers(policy: str) -> dict[str, str]:
    """For the editor's own frame alone, and without scripts, whatever the text holds."""
    return {
        "content-security-policy": f"{policy};frame-ancestors 'self';sandbox allow-same-origin",
        "x-frame-options": "SAMEORIGIN",
    }
