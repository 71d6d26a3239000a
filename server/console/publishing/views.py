"""The screens of publishing. Nothing is published that was not shown with its cost, and each publication says who wanted it and why."""

from __future__ import annotations

from starlette.responses import Response

from server.console import page
from server.console.context import Visit
from server.console.publishing import plans, requests
from server.console.publishing.edition_dates import moment_of
from server.publishing.publication_log import get_entries, record_publication
from server.publishing.publisher import publisher_of
from server.web.state import archive_of, clock_of, store_of
from server.writing.workspace import workspace_of
from sync.editions.edition import CHANNEL
from sync.errors import NotFound, Refused

SHOWN = 50  # editions of a history


async def overview(visit: Visit) -> Response:
    """What readers have now, channel by channel; it opens at once, the plan is the next screen."""
    snapshot = await workspace_of(visit).now()
    archive = archive_of(visit)
    heads = {channel: await archive.head(channel) for channel in snapshot.library.site.channels}
    notices = await get_entries(store_of(visit), [head.id for head in heads.values() if head])
    asked = await requests.asked(visit)
    waiting = [work for work in snapshot.works.values() if work.draft and work.draft.state == "review"]
    answer = page.show(
        visit,
        "publishing/overview.html",
        visit.language("Publier"),
        heads=heads,
        notices=notices,
        waiting=waiting,
        publishes=publisher_of(visit).keys is not None,
        when=moment_of,
        asked=asked,
    )
    if any(one.waits for one in asked):
        answer.headers["refresh"] = requests.LOOK_AGAIN
    return answer


async def show_plan(visit: Visit) -> Response:
    return await _plan(visit)


async def _plan(visit: Visit, error: Refused | None = None) -> Response:
    publications = await plans.planned(publisher_of(visit))
    fresh = [one for one in publications if not one.plan.changes_nothing]
    prices = (await workspace_of(visit).now()).library.site.prices
    return page.show(
        visit,
        "publishing/plan.html",
        visit.language("Ce qui va changer"),
        status=422 if error else 200,
        fresh=fresh,
        changes=plans.changes,
        same=[one.plan.channel for one in publications if one.plan.changes_nothing],
        mark=plans.mark(publications),
        wrong={"why": error.text(visit.language)} if error else {},
        prices=prices,
    )


async def publish(visit: Visit) -> Response:
    publisher = publisher_of(visit)
    keys = publisher.require_keys()
    why = " ".join(visit.text("why").split())[: requests.REASON]
    if not why:
        return await _plan(visit, Refused("reason-missing", "Dites en une phrase pourquoi vous publiez."))
    if plans.mark(await plans.planned(publisher)) != visit.text("seen"):
        changed = Refused(
            "plan-changed", "Le contenu a changé depuis cette page.", "Regardez de nouveau ce qui va changer."
        )
        return await _plan(visit, changed)
    done = await publisher.publish(keys)
    when = clock_of(visit)().isoformat(timespec="seconds")
    for one in done:
        if not one.plan.changes_nothing:
            await record_publication(store_of(visit), one, visit.who.name, why, when)
            await visit.note(
                "published", one.plan.channel, why=why, number=one.edition.statement.number if one.edition else 0
            )
    return visit.redirect("/publishing", "C’est publié : les téléphones le prennent à leur prochaine visite.")


async def history(visit: Visit) -> Response:
    channel = visit.param("channel")
    rows = (await archive_of(visit).history(channel))[-SHOWN:] if CHANNEL.fullmatch(channel) else []
    if not rows:
        raise NotFound("channel-unknown", "Rien n’a été publié dans cette chaîne.")
    notices = await get_entries(store_of(visit), [edition for _, edition in rows])
    return page.show(
        visit,
        "publishing/history.html",
        visit.language("Ce qui a été publié : {channel}", channel=channel),
        channel=channel,
        rows=list(reversed(rows)),
        notices=notices,
        when=moment_of,
        publishes=publisher_of(visit).keys is not None,
    )


async def again(visit: Visit) -> Response:
    """An older edition once more, after seeing what that changes and costs."""
    channel, id = visit.param("channel"), visit.param("edition")
    edition, planned = await plans.older(publisher_of(visit), channel, id)
    error: Refused | None = None
    if visit.request.method == "POST":
        why = " ".join(visit.text("why").split())[: requests.REASON]
        if not why:
            error = Refused("reason-missing", "Dites en une phrase pourquoi vous publiez.")
        elif plans.mark([planned]) != visit.text("seen"):
            error = Refused(
                "plan-changed", "Le contenu a changé depuis cette page.", "Regardez de nouveau ce qui va changer."
            )
        else:
            done = await plans.publish_older(publisher_of(visit), edition, planned)
            when = clock_of(visit)().isoformat(timespec="seconds")
            await record_publication(store_of(visit), done, visit.who.name, why, when, of=id)
            await visit.note("published-again", channel, why=why, number=edition.statement.number)
            return visit.redirect(
                f"/publishing/{channel}", "L’édition d’avant est publiée de nouveau, sous un nouveau numéro."
            )
    return page.show(
        visit,
        "publishing/again.html",
        visit.language("Publier de nouveau"),
        status=422 if error else 200,
        channel=channel,
        id=id,
        number=edition.statement.number,
        one=planned,
        changes=plans.changes(planned.plan),
        mark=plans.mark([planned]),
        when=moment_of,
        wrong={"why": error.text(visit.language)} if error else {},
    )
