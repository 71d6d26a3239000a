"""Publishing the plan that was shown, now or at a set hour, and requesting one from a machine without the key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from server.console.components import planned_changes
from server.console.components.decision import ChangedMeanwhile, PageState, gone_meanwhile, require_seen, seen_text
from server.console.components.local_time import clock_country, find_clock_change, parse_local_time
from server.console.components.progress_page import redirect_to_progress
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.console.publishing import publication_plans
from server.console.publishing.schedule_rows import scheduled_page_state
from server.console.publishing.views import parse_reason, render_plan, render_request_form, request_page_state
from server.publishing.publication_log import PublicationNote
from server.publishing.publication_progress import PublicationRun, publication_runs_of
from server.publishing.publication_schedule import publication_schedule_of
from server.publishing.publisher import Publication, publisher_of
from server.publishing.remote_publish_requests import publish_requests_of
from server.writing.workspace import workspace_of
from sync.editions.publishing import PublicationPlan
from sync.errors import NotFound, Refused
from sync.locale import N_


async def publish_plan(context: ConsoleContext) -> Response:
    """Publish the chosen channels in one step, unless the plans have changed since the page that showed them."""
    publisher = publisher_of(context)
    keys = publisher.require_keys()
    chosen = await _read_chosen_plans(context)
    if isinstance(chosen, Response):
        return chosen
    seen = {publication.plan.channel: publication.plan for publication in chosen.publications}
    shown = seen_text(context)

    def check(current: Sequence[PublicationPlan]) -> None:
        """Stop for a text that was saved between the look at the page and the signature."""
        if any(plan.manifest != seen[plan.channel].manifest for plan in current):
            typed = {N_("Pourquoi publier ?"): chosen.reason}
            raise ChangedMeanwhile(shown, chosen.page_state.text, "/publishing/plan", typed)

    note = PublicationNote(context.user.name, chosen.reason, chosen.page_state.short_digest)

    async def publish(run: PublicationRun) -> None:
        progress, planning = run.note_published, run.note_planning
        await publisher.publish(keys, list(seen), note=note, check=check, progress=progress, planning=planning)

    run = await publication_runs_of(context).start(list(seen), "/publishing", publish)
    return redirect_to_progress(context, run)


async def schedule_plan(context: ConsoleContext) -> Response:
    """Leave the chosen plans, as they were shown, for the job that publishes them at the chosen hour."""
    publisher_of(context).require_keys()
    chosen = await _read_chosen_plans(context)
    if isinstance(chosen, Response):
        return chosen
    changed = [each for each in chosen.publications if not each.plan.is_unchanged]
    if not changed:
        return await render_plan(
            context, Refused("nothing-to-publish", "Tout est déjà publié.", "Écrivez ou approuvez un texte d’abord.")
        )
    library = (await workspace_of(context).load_snapshot()).library
    country = clock_country(library)
    at = parse_local_time(context.text("at"), country)
    if refusal := find_clock_change(context.text("at"), country):
        return await render_plan(context, refusal, "at")
    try:
        await publication_schedule_of(context).schedule(
            context.user.name, at, chosen.reason, chosen.page_state.short_digest, changed
        )
    except Refused as error:
        return await render_plan(context, error, "at")
    return context.redirect("/publishing", FlashMessage.PUBLICATION_SCHEDULED)


async def cancel_scheduled(context: ConsoleContext) -> Response:
    service = publication_schedule_of(context)
    try:
        scheduled = await service.get(context.param("id"))
    except NotFound as error:
        raise gone_meanwhile(context, error.translate(context.language)[0], "/publishing") from error
    library = (await workspace_of(context).load_snapshot()).library
    page_state = scheduled_page_state(context, scheduled, clock_country(library))
    require_seen(context, page_state, "/publishing")
    await service.cancel(scheduled, context.user.name, page_state.short_digest)
    return context.redirect("/publishing", FlashMessage.PUBLICATION_UNSCHEDULED)


@dataclass(frozen=True, slots=True)
class _ChosenPlans:
    """`page_state`: of the page with all plans. `publications`: those of the chosen channels."""

    reason: str
    page_state: PageState
    publications: Sequence[Publication]


async def _read_chosen_plans(context: ConsoleContext) -> _ChosenPlans | Response:
    """The plans that the form chooses, or the page with what is wrong. Raises ChangedMeanwhile."""
    reason = parse_reason(context)
    if not reason:
        return await render_plan(context, Refused("reason-missing", "Dites en une phrase pourquoi vous publiez."))
    publications = await publication_plans.preview_publications(publisher_of(context))
    page_state = planned_changes.plans_page_state(context.language, publications)
    typed = {N_("Pourquoi publier ?"): reason, N_("Jour et heure de la publication"): context.text("at")}
    require_seen(context, page_state, "/publishing/plan", typed)
    chosen = context.texts("channel")
    selected = [each for each in publications if each.plan.channel in chosen or not context.text("choose")]
    if not selected:
        return await render_plan(context, Refused("channel-missing", "Choisissez au moins une langue et un pays."))
    return _ChosenPlans(reason, page_state, selected)


async def request_publication(context: ConsoleContext) -> Response:
    """Leave a request in the store; the machine that has the key publishes."""
    reason = parse_reason(context)
    if not reason:
        return await render_request_form(
            context, Refused("reason-missing", "Dites en une phrase pourquoi vous publiez.")
        )
    page_state = await request_page_state(context)
    require_seen(context, page_state, "/publishing/ask", {N_("Pourquoi publier ?"): reason})
    await publish_requests_of(context).create_request(context.user.name, reason=reason)
    await context.record_action("publication-asked", why=reason, text=page_state.short_digest)
    return context.redirect("/publishing", FlashMessage.PUBLICATION_REQUESTED)
