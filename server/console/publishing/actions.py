"""Publishing the plan that was shown, and requesting a publication from a machine without the key."""

from __future__ import annotations

from starlette.responses import Response

from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.console.publishing import publication_plans
from server.console.publishing.views import parse_reason, render_plan, render_request_form
from server.publishing.publication_log import record_publication
from server.publishing.publisher import publisher_of
from server.publishing.remote_publish_requests import publish_requests_of
from server.web.app_state import clock_of, store_of
from sync.errors import Refused


async def publish_plan(context: ConsoleContext) -> Response:
    """Publish all channels, unless the plans have changed since the page that showed them."""
    publisher = publisher_of(context)
    keys = publisher.require_keys()
    reason = parse_reason(context)
    if not reason:
        return await render_plan(context, Refused("reason-missing", "Dites en une phrase pourquoi vous publiez."))
    if publication_plans.plans_digest(await publication_plans.preview_publications(publisher)) != context.text("seen"):
        changed = Refused(
            "plan-changed", "Le contenu a changé depuis cette page.", "Regardez de nouveau ce qui va changer."
        )
        return await render_plan(context, changed)
    publications = await publisher.publish(keys)
    when = clock_of(context)().isoformat(timespec="seconds")
    for publication in publications:
        if not publication.plan.is_unchanged:
            await record_publication(store_of(context), publication, context.user.name, reason, when)
            number = publication.edition.statement.number if publication.edition else 0
            await context.record_action("published", publication.plan.channel, why=reason, number=number)
    return context.redirect("/publishing", FlashMessage.PUBLISHED)


async def request_publication(context: ConsoleContext) -> Response:
    """Leave a request in the store; the machine that has the key publishes."""
    reason = parse_reason(context)
    if not reason:
        return render_request_form(context, Refused("reason-missing", "Dites en une phrase pourquoi vous publiez."))
    await publish_requests_of(context).create_request(context.user.name, reason=reason)
    await context.record_action("publication-asked", why=reason)
    return context.redirect("/publishing", FlashMessage.PUBLICATION_REQUESTED)
