"""Decisions about foreign messages and their feeds: make a draft, watch a feed, stop watching it."""

from __future__ import annotations

from starlette.responses import Response

from server.alerts.cap_intake import cap_intake_of
from server.alerts.watched_feeds import WatchedFeed
from server.console.alerts.received import feed_state, load_row, render_feeds
from server.console.components.decision import require_seen
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.web.app_state import translator_of
from sync.errors import BadRequest, Conflict, Refused


async def draft_received(context: ConsoleContext) -> Response:
    """Make a draft of a message, or of the update or the end that it proposes, and open its editor."""
    intake = cap_intake_of(context)
    received = await intake.received.get(context.param("id"))
    require_seen(context, (await load_row(context, received)).page_state, f"/alerts/received/{received.id}")
    language_of = translator_of(context).language_of
    draft = await intake.make_draft(received, context.user.name, language_of, context.text("target"))
    await context.record_action("alert-relayed", draft.slug)
    return context.redirect(f"/alerts/drafts/{draft.slug}")


async def add_feed(context: ConsoleContext) -> Response:
    feed = WatchedFeed(
        "",
        context.text("address").strip(),
        " ".join(context.text("name").split()),
        context.text("lang")[:3],
        context.text("certificate").strip(),
        makes_drafts=bool(context.text("drafts")),
        by=context.user.name,
    )
    try:
        added = await cap_intake_of(context).feeds.add(feed)
    except (BadRequest, Conflict, Refused) as error:
        return await render_feeds(context, error)
    await context.record_action("alert-feed-added", added.name)
    return context.redirect("/alerts/feeds", FlashMessage.FEED_ADDED)


async def remove_feed(context: ConsoleContext) -> Response:
    """Stop watching a feed; what it brought stays."""
    feeds = cap_intake_of(context).feeds
    feed = await feeds.get(context.param("id"))
    require_seen(context, feed_state(feed, context.language), "/alerts/feeds")
    await feeds.delete(feed)
    await context.record_action("alert-feed-removed", feed.name)
    return context.redirect("/alerts/feeds", FlashMessage.DELETED)
