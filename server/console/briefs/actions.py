"""Writing and freezing of briefs. Each is written to the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import Response

from server.console import page
from server.console.briefs.page_state import (
    GONE,
    GONE_HINT,
    HEADLINE_LABELS,
    REQUEST_LABELS,
    content_page_state,
    get_brief,
    gone_sentence,
    load_content,
    words_page_state,
)
from server.console.components.decision import require_seen
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.reader.published_notices import published_notices_of
from server.statistics.brief import (
    LANGUAGES,
    MAX_ASK,
    MAX_ASKS,
    MAX_HEADLINE,
    MAX_RUMOURS,
    Brief,
    BriefRequest,
    briefs_of,
)
from server.statistics.brief_content import brief_maker_of, site_countries
from server.web.app_state import clock_of
from server.web.request_text import parse_day
from server.writing.workspace import workspace_of
from sync.errors import Refused
from sync.statistics.brief_figures import last_brief_period


async def begin_brief(context: ConsoleContext) -> Response:
    """Begin a draft about the last period, for the country of the form, else the site's first."""
    period = last_brief_period(clock_of(context)().date())
    countries = site_countries((await workspace_of(context).load_snapshot()).library)
    chosen = [country for country in countries if country == context.text("country")] or countries
    country = chosen[0] if chosen else ""
    brief = await briefs_of(context).begin(period, country, context.user.name, context.user.display_name)
    await context.record_action("brief-begun", str(brief.number))
    return context.redirect(f"/briefs/{brief.number}/edit")


async def edit_brief(context: ConsoleContext) -> Response:
    """The form of a draft's words; a POST keeps them."""
    brief = await get_brief(context)
    if context.request.method != "POST":
        return await _render_form(context, brief)
    typed = _read_words(context, brief)
    labels = {HEADLINE_LABELS[lang]: typed.headline[lang] for lang in LANGUAGES}
    require_seen(context, words_page_state(context, brief), f"/briefs/{brief.number}/edit", labels)
    wrong = _find_errors(context, typed, await brief_maker_of(context).list_gone_notices(typed))
    if wrong:
        return await _render_form(context, typed, wrong)
    await briefs_of(context).save(typed, context.user.name, context.user.display_name)
    await context.record_action("brief-written", str(brief.number), text=words_page_state(context, typed).short_digest)
    return context.redirect(f"/briefs/{brief.number}", FlashMessage.SAVED)


async def freeze_brief(context: ConsoleContext) -> Response:
    """Keep what the second person read, its figures too, under the brief's number."""
    brief = await get_brief(context)
    content = await load_content(context, brief)
    page_state = content_page_state(context, brief, content)
    require_seen(context, page_state, f"/briefs/{brief.number}")
    if gone := await brief_maker_of(context).list_gone_notices(brief):
        raise Refused("brief-notices-gone", GONE, GONE_HINT, slugs=", ".join(gone))
    await briefs_of(context).freeze(brief, content, context.user.name, context.user.display_name)
    await context.record_action("brief-frozen", str(brief.number), text=page_state.short_digest)
    return context.redirect(f"/briefs/{brief.number}", FlashMessage.BRIEF_FROZEN)


def _read_words(context: ConsoleContext, brief: Brief) -> Brief:
    """The brief with the form's words; empty requests and double choices are left out."""
    headline = {lang: " ".join(context.text(f"headline-{lang}").split()) for lang in LANGUAGES}
    rows = [
        BriefRequest(*(" ".join(context.text(f"{name}-{row}").split()) for name in REQUEST_LABELS))
        for row in range(MAX_ASKS)
    ]
    requests = [row for row in rows if row.what or row.whom]
    notices, asked = (
        list(dict.fromkeys(filter(None, (context.text(f"{name}-{row}") for row in range(most)))))
        for name, most in (("notice", MAX_RUMOURS), ("recommendation", MAX_ASKS))
    )
    return replace(brief, headline=headline, requests=requests, notices=notices, recommendations=asked)


def _find_errors(context: ConsoleContext, brief: Brief, gone: Sequence[str]) -> dict[str, str]:
    """Sentences by field of what cannot be kept."""
    _ = context.language
    wrong = {
        f"headline-{lang}": _("Écrivez plus court : {count} signes au plus.", count=MAX_HEADLINE)
        for lang in LANGUAGES
        if len(brief.headline[lang]) > MAX_HEADLINE
    }
    for row, slug in enumerate(brief.notices):
        if slug in gone:
            wrong[f"notice-{row}"] = gone_sentence(_, [slug])
    if len(brief.requests) + len(brief.recommendations) > MAX_ASKS and brief.recommendations:
        wrong["recommendation-0"] = _("Une note porte {count} demandes au plus.", count=MAX_ASKS)
    for row, request in enumerate(brief.requests):
        for name, text in request.body.items():
            if len(text) > MAX_ASK:
                wrong[f"{name}-{row}"] = _("Écrivez plus court : {count} signes au plus.", count=MAX_ASK)
        if not (request.what and request.whom):
            wrong[f"what-{row}"] = _("Dites ce qui est demandé, et à qui.")
        try:
            if request.by:
                parse_day(request.by)
        except Refused as error:
            wrong[f"by-{row}"] = error.text(_)
    return wrong


async def _render_form(context: ConsoleContext, brief: Brief, wrong: dict[str, str] | None = None) -> Response:
    notices = await published_notices_of(context).list()
    french_last = sorted(notices, key=lambda each: each.notice.lang == "fr")
    gone = await brief_maker_of(context).list_gone_notices(brief)
    titles = {slug: slug for slug in gone} | {each.notice.slug: each.notice.title for each in french_last}
    if wrong is None:
        stored, status = brief, 200
        wrong = {f"notice-{brief.notices.index(slug)}": gone_sentence(context.language, [slug]) for slug in gone}
    else:
        stored, status = await briefs_of(context).get(brief.number), 422
    library = (await workspace_of(context).load_snapshot()).library
    originals = [each for each in library.recommendations.values() if each.lang == library.site.lang]
    return page.render(
        context,
        "briefs/edit.html",
        context.language("Note n° {number}", number=brief.number),
        status=status,
        brief=brief,
        requests=[*brief.requests, *([BriefRequest("", "")] * MAX_ASKS)][:MAX_ASKS],
        chosen=[*brief.notices, *([""] * MAX_RUMOURS)][:MAX_RUMOURS],
        options=sorted(titles.items(), key=lambda option: option[1]),
        asked=[*brief.recommendations, *([""] * MAX_ASKS)][:MAX_ASKS],
        recommendations=[(each.slug, each.title) for each in sorted(originals, key=lambda each: each.order)],
        request_labels=REQUEST_LABELS,
        headline_labels=HEADLINE_LABELS,
        most=MAX_HEADLINE,
        most_asked=MAX_ASK,
        page_state=words_page_state(context, stored),
        wrong=wrong,
    )
