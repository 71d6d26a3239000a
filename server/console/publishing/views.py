"""The screens of publishing. Nothing is published that was not shown with its cost, and each publication says who wanted it and why."""

from __future__ import annotations

from starlette.responses import Response

from server.console import page
from server.console.context import ConsoleContext
from server.console.publishing import publication_plans, requests
from server.console.publishing.edition_dates import format_edition_date
from server.publishing.publication_log import get_entries, record_publication
from server.publishing.publisher import publisher_of
from server.web.app_state import archive_of, clock_of, store_of
from server.writing.workspace import workspace_of
from sync.editions.edition import CHANNEL
from sync.errors import NotFound, Refused

HISTORY_LENGTH = 50  # editions of a history


async def overview(context: ConsoleContext) -> Response:
    """What readers have now, channel by channel; it opens at once, the plan is the next screen."""
    snapshot = await workspace_of(context).load_snapshot()
    archive = archive_of(context)
    heads = {channel: await archive.head(channel) for channel in snapshot.library.site.channels}
    notices = await get_entries(store_of(context), [head.id for head in heads.values() if head])
    asked = await requests.list_request_statuses(context)
    waiting = [work for work in snapshot.works.values() if work.draft and work.draft.state == "review"]
    answer = page.render(
        context,
        "publishing/overview.html",
        context.language("Publier"),
        heads=heads,
        notices=notices,
        waiting=waiting,
        publishes=publisher_of(context).keys is not None,
        when=format_edition_date,
        asked=asked,
    )
    if any(one.is_waiting for one in asked):
        answer.headers["refresh"] = requests.REFRESH_SECONDS
    return answer


async def plan(context: ConsoleContext) -> Response:
    return await _render_plan(context)


async def _render_plan(context: ConsoleContext, error: Refused | None = None) -> Response:
    publications = await publication_plans.preview_publications(publisher_of(context))
    fresh = [one for one in publications if not one.plan.is_unchanged]
    prices = (await workspace_of(context).load_snapshot()).library.site.prices
    return page.render(
        context,
        "publishing/plan.html",
        context.language("Ce qui va changer"),
        status=422 if error else 200,
        fresh=fresh,
        changes=publication_plans.list_changes,
        same=[one.plan.channel for one in publications if one.plan.is_unchanged],
        mark=publication_plans.plans_digest(publications),
        wrong={"why": error.text(context.language)} if error else {},
        prices=prices,
    )


async def publish_plan(context: ConsoleContext) -> Response:
    publisher = publisher_of(context)
    keys = publisher.require_keys()
    why = " ".join(context.text("why").split())[: requests.MAX_REASON_LENGTH]
    if not why:
        return await _render_plan(context, Refused("reason-missing", "Dites en une phrase pourquoi vous publiez."))
    if publication_plans.plans_digest(await publication_plans.preview_publications(publisher)) != context.text("seen"):
        changed = Refused(
            "plan-changed", "Le contenu a changé depuis cette page.", "Regardez de nouveau ce qui va changer."
        )
        return await _render_plan(context, changed)
    done = await publisher.publish(keys)
    when = clock_of(context)().isoformat(timespec="seconds")
    for one in done:
        if not one.plan.is_unchanged:
            await record_publication(store_of(context), one, context.user.name, why, when)
            await context.record_action(
                "published", one.plan.channel, why=why, number=one.edition.statement.number if one.edition else 0
            )
    return context.redirect("/publishing", "C’est publié : les téléphones le prennent à leur prochaine visite.")


async def history(context: ConsoleContext) -> Response:
    channel = context.param("channel")
    rows = (await archive_of(context).history(channel))[-HISTORY_LENGTH:] if CHANNEL.fullmatch(channel) else []
    if not rows:
        raise NotFound("channel-unknown", "Rien n’a été publié dans cette chaîne.")
    notices = await get_entries(store_of(context), [edition for _, edition in rows])
    return page.render(
        context,
        "publishing/history.html",
        context.language("Ce qui a été publié : {channel}", channel=channel),
        channel=channel,
        rows=list(reversed(rows)),
        notices=notices,
        when=format_edition_date,
        publishes=publisher_of(context).keys is not None,
    )


async def republish(context: ConsoleContext) -> Response:
    """An older edition once more, after seeing what that changes and costs."""
    channel, id = context.param("channel"), context.param("edition")
    edition, planned = await publication_plans.plan_older_edition(publisher_of(context), channel, id)
    error: Refused | None = None
    if context.request.method == "POST":
        why = " ".join(context.text("why").split())[: requests.MAX_REASON_LENGTH]
        if not why:
            error = Refused("reason-missing", "Dites en une phrase pourquoi vous publiez.")
        elif publication_plans.plans_digest([planned]) != context.text("seen"):
            error = Refused(
                "plan-changed", "Le contenu a changé depuis cette page.", "Regardez de nouveau ce qui va changer."
            )
        else:
            done = await publication_plans.publish_older_edition(publisher_of(context), edition, planned)
            when = clock_of(context)().isoformat(timespec="seconds")
            await record_publication(store_of(context), done, context.user.name, why, when, of=id)
            await context.record_action("published-again", channel, why=why, number=edition.statement.number)
            return context.redirect(
                f"/publishing/{channel}", "L’édition d’avant est publiée de nouveau, sous un nouveau numéro."
            )
    return page.render(
        context,
        "publishing/again.html",
        context.language("Publier de nouveau"),
        status=422 if error else 200,
        channel=channel,
        id=id,
        number=edition.statement.number,
        one=planned,
        changes=publication_plans.list_changes(planned.plan),
        mark=publication_plans.plans_digest([planned]),
        when=format_edition_date,
        wrong={"why": error.text(context.language)} if error else {},
    )
