"""Publishing the plan that was shown, and requesting a publication from a machine without the key."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from server.console.components import planned_changes
from server.console.components.decision import ChangedMeanwhile, require_seen, seen_text
from server.console.components.publication_records import record_publications
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.console.publishing import publication_plans
from server.console.publishing.views import parse_reason, render_plan, render_request_form, request_page_state
from server.publishing.publisher import publisher_of
from server.publishing.remote_publish_requests import publish_requests_of
from sync.editions.publishing import PublicationPlan
from sync.errors import Refused
from sync.locale import N_


async def publish_plan(context: ConsoleContext) -> Response:
    """Publish the chosen channels in one step, unless the plans have changed since the page that showed them."""
    publisher = publisher_of(context)
    keys = publisher.require_keys()
    reason = parse_reason(context)
    if not reason:
        return await render_plan(context, Refused("reason-missing", "Dites en une phrase pourquoi vous publiez."))
    plans = await publication_plans.preview_publications(publisher)
    page_state = planned_changes.plans_page_state(context.language, plans)
    require_seen(context, page_state, "/publishing/plan", {N_("Pourquoi publier ?"): reason})
    chosen = context.texts("channel")
    if context.text("choose") and not chosen:
        return await render_plan(context, Refused("channel-missing", "Choisissez au moins une chaîne."))
    seen = {publication.plan.channel: publication.plan for publication in plans}

    def check(current: Sequence[PublicationPlan]) -> None:
        """Stop for a text that was saved between the look at the page and the signature."""
        if any(plan.manifest != seen[plan.channel].manifest for plan in current):
            raise ChangedMeanwhile(seen_text(context), page_state.text, "/publishing/plan")

    publications = await publisher.publish(keys, chosen, check=check)
    await record_publications(context, publications, reason, page_state.short_digest)
    return context.redirect("/publishing", FlashMessage.PUBLISHED)


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
