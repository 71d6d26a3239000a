"""Pages of publishing: current editions, the plan with its costs, a channel's history, and the form of a request.

Each publication records its actor and reason, and follows a page that showed its changes and costs.
"""

from __future__ import annotations

import datetime

from starlette.responses import Response

from server.console import page
from server.console.components import planned_changes
from server.console.components.decision import SHORT_DIGEST, PageState, make_page_state, require_seen
from server.console.components.local_time import clock_country, zone_words
from server.console.components.progress_page import redirect_to_progress
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.console.publishing import publication_plans
from server.console.publishing.edition_dates import format_edition_date
from server.console.publishing.request_statuses import list_request_statuses
from server.console.publishing.schedule_rows import scheduled_rows
from server.publishing.companion_consent import list_ending_consents
from server.publishing.publication_log import PublicationNote, get_entries
from server.publishing.publication_progress import publication_runs_of
from server.publishing.publisher import publisher_of
from server.web.app_state import archive_of, clock_of, store_of
from server.writing.draft_records import WorkingDocument
from server.writing.workspace import workspace_of
from sync.editions.edition_statement import CHANNEL
from sync.errors import NotFound, Refused
from sync.locale import N_

HISTORY_LENGTH = 50  # editions
MAX_REASON_LENGTH = 300  # characters
PROGRESS_SECONDS = "2"  # until browsers reload the page of a publication that goes on
REFRESH_SECONDS = "10"  # until browsers reload a page with a waiting request, without script too


async def overview(context: ConsoleContext) -> Response:
    """The current edition of each channel and the latest requests; no plan is computed here, so the page is fast."""
    snapshot = await workspace_of(context).load_snapshot()
    archive = archive_of(context)
    heads = {channel: await archive.head(channel) for channel in snapshot.library.site.channels}
    log_entries = await get_entries(store_of(context), [head.id for head in heads.values() if head])
    request_statuses = await list_request_statuses(context)
    works_in_review = [work for work in snapshot.works.values() if work.draft and work.draft.state == "review"]
    response = page.render(
        context,
        "publishing/overview.html",
        context.language("Publier"),
        heads=heads,
        log_entries=log_entries,
        review_count=len(works_in_review),
        can_publish=publisher_of(context).keys is not None,
        format_date=format_edition_date,
        request_statuses=request_statuses,
        scheduled_publications=await scheduled_rows(context, clock_country(snapshot.library)),
    )
    if any(status.is_waiting for status in request_statuses):
        response.headers["refresh"] = REFRESH_SECONDS
    return response


async def plan(context: ConsoleContext) -> Response:
    return await render_plan(context)


async def render_plan(context: ConsoleContext, error: Refused | None = None, field: str = "why") -> Response:
    publications = await publication_plans.preview_publications(publisher_of(context))
    changed = [publication for publication in publications if not publication.plan.is_unchanged]
    unchanged = [publication.plan.channel for publication in publications if publication.plan.is_unchanged]
    library = (await workspace_of(context).load_snapshot()).library
    now = clock_of(context)()
    return page.render(
        context,
        "publishing/plan.html",
        context.language("Ce qui va changer"),
        status=422 if error else 200,
        publications=changed,
        list_changes=planned_changes.list_changes,
        unchanged_channels=unchanged,
        page_state=planned_changes.plans_page_state(context.language, publications),
        wrong={field: error.text(context.language)} if error else {},
        prices=library.site.prices,
        zone=zone_words(context.language, clock_country(library), now),
        ending_consents=list(list_ending_consents(library.authorities.values(), now.date())),
    )


async def progress(context: ConsoleContext) -> Response:
    """The progress of a publication, on a page that renews itself without a script too; at its end, the result."""
    run = publication_runs_of(context).find(context.param("run"))
    if run is None:  # another process had it, or it ended long ago
        return context.redirect("/publishing")
    if run.require_success():
        return redirect_to_progress(context, run)
    response = page.render(context, "publishing/progress.html", context.language("Publication en cours"), run=run)
    response.headers["refresh"] = PROGRESS_SECONDS
    return response


async def request_form(context: ConsoleContext) -> Response:
    return await render_request_form(context)


async def render_request_form(context: ConsoleContext, error: Refused | None = None) -> Response:
    return page.render(
        context,
        "publishing/request.html",
        context.language("Demander la publication"),
        status=422 if error else 200,
        works=await _list_new_texts(context),
        page_state=await request_page_state(context),
        wrong={"why": error.text(context.language)} if error else {},
    )


async def request_page_state(context: ConsoleContext) -> PageState:
    """The page of a request: the texts approved since the latest edition."""
    works = await _list_new_texts(context)
    return make_page_state(
        [[work.id, work.approved_digest, work.is_withdrawn] for work in works],
        [(work.title, f"{work.id} · {work.approved_digest[:SHORT_DIGEST]}") for work in works],
    )


async def _list_new_texts(context: ConsoleContext) -> list[WorkingDocument]:
    """The documents approved since the latest edition of any channel."""
    snapshot = await workspace_of(context).load_snapshot()
    heads = [await archive_of(context).head(channel) for channel in snapshot.library.site.channels]
    latest = max((head.statement.number for head in heads if head), default=0)
    moment = datetime.datetime.fromtimestamp(latest, datetime.UTC).isoformat()
    return [work for work in snapshot.works.values() if work.approval and work.approval["when"] >= moment]


async def history(context: ConsoleContext) -> Response:
    """The last HISTORY_LENGTH editions of a channel, the newest first. Raises NotFound."""
    channel = context.param("channel")
    rows = (await archive_of(context).history(channel))[-HISTORY_LENGTH:] if CHANNEL.fullmatch(channel) else []
    if not rows:
        raise NotFound("channel-unknown", "Rien n’a été publié dans cette langue pour ce pays.", "Revenez à la liste.")
    log_entries = await get_entries(store_of(context), [edition for _, edition in rows])
    return page.render(
        context,
        "publishing/history.html",
        context.language("Ce qui a été publié : {channel}", channel=channel),
        channel=channel,
        rows=list(reversed(rows)),
        log_entries=log_entries,
        format_date=format_edition_date,
        can_publish=publisher_of(context).keys is not None,
    )


async def republish(context: ConsoleContext) -> Response:
    """Changes and costs of publishing an older edition again; a POST publishes it if they are still the same."""
    channel, id = context.param("channel"), context.param("edition")
    publisher = publisher_of(context)
    edition, publication = await publication_plans.plan_older_edition(publisher, channel, id)
    channels = [each for each in await archive_of(context).channels() if each != channel]
    others = await publication_plans.plan_editions_of_moment(publisher, channels, edition.statement.number)
    offered = [(edition, publication), *others]
    page_state = planned_changes.plans_page_state(context.language, [each for _, each in offered])
    error: Refused | None = None
    if context.request.method == "POST":
        reason = parse_reason(context)
        if not reason:
            error = Refused("reason-missing", "Dites en une phrase pourquoi vous publiez.")
        else:
            back = f"/publishing/{channel}/again/{id}"
            require_seen(context, page_state, back, {N_("Pourquoi publier ?"): reason})
            chosen = {channel, *context.texts("channel")}
            for older, planned in offered:
                if older.statement.channel not in chosen:
                    continue
                note = PublicationNote(context.user.name, reason, page_state.short_digest, older)
                await publication_plans.publish_older_edition(publisher, older, planned, note)
            return context.redirect(f"/publishing/{channel}", FlashMessage.EDITION_PUBLISHED_AGAIN)
    return page.render(
        context,
        "publishing/republish.html",
        context.language("Publier de nouveau"),
        status=422 if error else 200,
        channel=channel,
        number=edition.statement.number,
        publication=publication,
        others=others,
        chosen=context.texts("channel") if context.request.method == "POST" else [],
        list_changes=planned_changes.list_changes,
        page_state=page_state,
        format_date=format_edition_date,
        wrong={"why": error.text(context.language)} if error else {},
    )


def parse_reason(context: ConsoleContext) -> str:
    """The reason in the form, on one line; "" when it is missing."""
    return " ".join(context.text("why").split())[:MAX_REASON_LENGTH]
