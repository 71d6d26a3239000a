"""A document as the phone shows it, framed beside its editor. Scripts do not run in it."""

from __future__ import annotations

from anyio import to_thread
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, Response

from server.console.context import Visit
from server.console.writing.editor import posted
from server.console.writing.labels import mistakes
from server.console.writing.views import work_of
from server.web.security import FRAMES, shell_policy
from server.web.state import assets_of
from server.writing.checks import check
from server.writing.preview import Preview
from server.writing.preview import render_preview as draw
from server.writing.workspace import workspace_of
from sync.errors import BadContent


async def preview(visit: Visit) -> Response:
    """The page of what was posted, or of the text as it is kept."""
    snapshot = await workspace_of(visit).now()
    work = work_of(snapshot, visit)
    checked = check(work, posted(visit, work) if visit.request.method == "POST" else work.fields, snapshot)
    if checked.value is None:
        return _frame(visit, None, list(mistakes(visit.language, checked).values()))
    try:
        drawn = await to_thread.run_sync(
            draw, snapshot.library, assets_of(visit), work.kind, checked.value, visit.query("page")
        )
    except BadContent as error:
        return _frame(visit, None, [error.text(visit.language)])
    return _frame(visit, drawn, [])


def _frame(visit: Visit, drawn: Preview | None, wrong: list[str]) -> Response:
    if drawn is None:
        said = wrong or [visit.language("Aucune page ne montre encore ce document.")]
        items = Markup("").join(Markup("<p>{}</p>").format(sentence) for sentence in said)
        opening = f'<!doctype html><html lang="{escape(visit.language.code)}"><meta charset="utf-8"><title>–</title>'
        html = f'{opening}<main id="main">{items}</main>'
        return HTMLResponse(html, headers=_framed("default-src 'none'"))
    headers = _framed(shell_policy(drawn.shell).removesuffix(FRAMES)) | {"kunnafoni-weight": str(drawn.byte_size)}
    return HTMLResponse(drawn.html, headers=headers)


def _framed(policy: str) -> dict[str, str]:
    """For the editor's own frame alone, and without scripts, whatever the text holds."""
    return {
        "content-security-policy": f"{policy};frame-ancestors 'self';sandbox allow-same-origin",
        "x-frame-options": "SAMEORIGIN",
    }
