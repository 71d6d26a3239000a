"""The preview of a draft on one's own phone: a QR code for an hour, and the page that it opens without an account."""

from __future__ import annotations

from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from server.accounts.account_service import accounts_of
from server.console import page
from server.console.context import CONSOLE_PATH, ConsoleContext
from server.console.writing.page_state import get_work
from server.console.writing.preview import errors_page, render_fields
from server.inbox.enrolment_sheet import draw_qr_svg
from server.web.app_state import clock_of
from server.web.security import FRAMES, shell_policy
from server.web.site_origin import site_origin_of
from server.writing.preview import Preview
from server.writing.preview_cache import preview_cache_of
from server.writing.preview_link import PURPOSE, PreviewLink, read_link, sign_link
from server.writing.workspace import workspace_of
from sync.editions.page import compose
from sync.errors import Gone, NotFound


async def preview_code(context: ConsoleContext) -> Response:
    """The QR code of a draft."""
    work = get_work(await workspace_of(context).load_snapshot(), context)
    if work.draft is None:
        raise NotFound("draft-unknown", "Ce texte n’a pas de brouillon.", "Ouvrez sa page.")
    token = sign_link(await _key(context), PreviewLink.for_draft(work.draft, clock_of(context)()))
    address = f"{site_origin_of(context).console_url}{CONSOLE_PATH}/writing/shown/{token}"
    return page.render(
        context,
        "writing/phone-preview.html",
        context.language("Le lire sur mon téléphone"),
        work=work,
        address=address,
        qr=draw_qr_svg(address),
    )


async def shown_draft(context: ConsoleContext) -> Response:
    """The draft of a QR code, marked as not published. Raises Gone once the hour, or that text, is over."""
    link = read_link(await _key(context), context.param("token"), clock_of(context)())
    if link is None:
        raise _link_over()
    snapshot = await workspace_of(context).load_snapshot()
    work = snapshot.works.get(link.id)
    if work is None or work.draft is None or not link.shows(work.draft):
        raise _link_over()
    fields = work.draft.fields
    preview = await preview_cache_of(context).get(
        snapshot.library,
        (work.id, work.draft.fields_digest, context.language.code),
        lambda: render_fields(context, snapshot, work, fields),
    )
    if isinstance(preview, Preview):
        title, _, fragment = preview.page.body.partition("\n")
        mark = Markup('<p class="note"><strong>{}</strong> {}</p>').format(
            context.language("Pas publié."), context.language("Ce texte est un brouillon : ne le partagez pas.")
        )
        html, policy = compose(preview.shell, f"{title}\n{mark}{fragment}"), shell_policy(preview.shell)
    else:
        html, policy = errors_page(context.language, preview), f"default-src 'none'{FRAMES}"
    headers = {
        "content-security-policy": f"{policy};sandbox allow-same-origin",
        "referrer-policy": "no-referrer",
        "x-robots-tag": "noindex, nofollow",
        "cache-control": "no-store",
    }
    return HTMLResponse(html, headers=headers)


async def _key(context: ConsoleContext) -> bytes:
    return await accounts_of(context).site_secret.derive_key(PURPOSE)


def _link_over() -> Gone:
    return Gone(
        "preview-link-over",
        "Ce lien ne sert plus : une heure a passé, ou le texte a changé.",
        "Faites un autre code dans la page du texte.",
    )
