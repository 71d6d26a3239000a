"""The page of one form: as a phone shows it, its source, its withdrawal and its return."""

from __future__ import annotations

from anyio import to_thread
from starlette.responses import HTMLResponse, Response

from server.console import page
from server.console.components.decision import require_seen
from server.console.context import ConsoleContext
from server.console.feedback.site_forms import STATE_TONES, SiteForm, get_form
from server.console.flash import FlashMessage
from server.inbox.submission_index import SubmissionFilter, submission_index_of
from server.web.app_state import assets_of
from server.web.security import FRAMES, shell_policy
from server.writing.dependants import list_dependants
from server.writing.drafts import drafts_of
from server.writing.form_files import form_files_of
from server.writing.form_practice import render_practice
from server.writing.workspace import workspace_of
from sync.errors import BadRequest
from sync.submissions.export import CONTENT_TYPES

MARKDOWN = "text/markdown; charset=utf-8"


async def form(context: ConsoleContext) -> Response:
    row = await get_form(context)
    received = await submission_index_of(context).find(SubmissionFilter(form=row.form.slug))
    snapshot = await workspace_of(context).load_snapshot()
    return page.render(
        context,
        "feedback/form.html",
        row.form.title(context.language.code),
        row=row,
        tone=STATE_TONES[row.state],
        received_count=len(received),
        dependants=[other.title for other in list_dependants(row.work, snapshot)],
        page_state=row.page_state(context.language),
    )


async def practice(context: ConsoleContext) -> Response:
    """The form for a frame, filled by the phone's own scripts: nothing is kept or sent."""
    row = await get_form(context)
    snapshot = await workspace_of(context).load_snapshot()
    html, shell = await to_thread.run_sync(
        render_practice, snapshot.library, assets_of(context), row.form, context.language.code
    )
    policy = f"{shell_policy(shell).removesuffix(FRAMES)};frame-ancestors 'self'"
    return HTMLResponse(html, headers={"content-security-policy": policy, "x-frame-options": "SAMEORIGIN"})


async def source(context: ConsoleContext) -> Response:
    """The form's tables as they are kept: Markdown, or a workbook for other XLSForm tools."""
    row, kind = await get_form(context), context.query("kind") or "xlsx"
    if kind == "md":
        data, media_type = row.document.body.encode(), MARKDOWN
    elif kind == "xlsx":
        data, media_type = await form_files_of(context).clean_workbook(row.document.body), CONTENT_TYPES["xlsx"]
    else:
        raise BadRequest("format-unknown", "Ce format n’existe pas ici.")
    headers = {"content-disposition": f'attachment; filename="{row.form.slug}.{kind}"'}
    return Response(data, media_type=media_type, headers=headers)


async def withdraw(context: ConsoleContext) -> Response:
    """Take the form out of the next edition. Its versions stay: what was begun with them still arrives."""
    row = await _get_seen(context)
    await drafts_of(context).withdraw(row.work)
    await context.record_action("form-withdrawn", row.form.slug)
    return context.redirect(f"/feedback/forms/{row.form.slug}", FlashMessage.FORM_WITHDRAWN)


async def restore(context: ConsoleContext) -> Response:
    row = await _get_seen(context)
    await drafts_of(context).restore(row.work)
    await context.record_action("form-restored", row.form.slug)
    return context.redirect(f"/feedback/forms/{row.form.slug}", FlashMessage.FORM_SAVED)


async def _get_seen(context: ConsoleContext) -> SiteForm:
    row = await get_form(context)
    require_seen(context, row.page_state(context.language), f"/feedback/forms/{row.form.slug}")
    return row
