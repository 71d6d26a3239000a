"""The routing table of the server. Used by the composition root."""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import BaseRoute, Route

from server.alerts import cap_views
from server.alerts import views as alerts
from server.console.routes import CONSOLE_ROUTES
from server.inbox import views as inbox
from server.inbox.submit_endpoint import InboxEndpoint
from server.monitoring import views as monitoring
from server.push import views as push
from server.reader import media_views, notice_views, views
from server.web import health
from server.web.cors import preflight
from sync.editions.edition_statement import CHANNEL as CHANNEL_PATTERN


class ChannelConvertor(Convertor[str]):
    """A channel in a path, such as `fr-ML`."""

    regex = CHANNEL_PATTERN.pattern

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("channel", ChannelConvertor())


CHANNEL = "{channel:channel}"
POST = ["POST"]
CORS_PATHS = (  # requests with a body that an app sends to a hub or to headquarters by its own name
    "/inbox",
    "/inbox/receipts",
    "/inbox/answers",
    "/inbox/withdrawals",
    f"/feed/{CHANNEL}/pages",
)

ROUTES: list[BaseRoute] = [
    # The table is searched from its beginning, so the most frequent requests come first.
    Route("/inbox", InboxEndpoint(), methods=POST, name="inbox"),
    Route(f"/feed/{CHANNEL}", views.FeedEndpoint(), methods=["GET"]),
    Route(f"/{CHANNEL}/", views.channel_home),
    Route(f"/{CHANNEL}/{{path:path}}", views.page),
    Route(f"/{CHANNEL}/notices", views.check_message, methods=POST),
    Route(f"/{CHANNEL}", views.redirect_to_channel_home),
    Route("/inbox/receipts", inbox.receipts, methods=POST),
    Route("/inbox/answers", inbox.answers, methods=POST),
    Route("/inbox/withdrawals", inbox.withdrawals, methods=POST),
    Route("/devices", inbox.devices, methods=POST),
    Route("/devices/state", inbox.device_state, methods=POST),
    *(Route(path, preflight, methods=["OPTIONS"]) for path in CORS_PATHS),
    Route("/", views.home),
    Route("/share", views.share, methods=POST),
    Route("/healthz", health.healthz),
    Route("/readyz", health.readyz),
    Route("/metrics", monitoring.metrics),
    Route("/sw.js", views.app_file),
    Route("/app/{path:path}", views.app_file),
    Route("/media/{name}", media_views.medium),
    Route("/console/sw.js", views.app_file),
    Route("/console/assets/{path:path}", views.app_file),
    *CONSOLE_ROUTES,
    Route(f"/feed/{CHANNEL}/manifest", views.feed_manifest),
    Route(f"/feed/{CHANNEL}/pages", views.feed_pages, methods=POST),
    Route("/push/key", push.public_key),
    Route("/push/subscriptions", alerts.subscriptions, methods=["POST", "DELETE"]),
    Route("/push/test", alerts.test, methods=["POST"]),
    Route("/push/shown", alerts.count_display, methods=["POST"]),
    Route("/cap/alerts.atom", cap_views.feed),
    Route("/cap/{slug}.xml", cap_views.alert),
    Route("/notices.json", notice_views.json_feed),
    Route("/notices.atom", notice_views.atom_feed),
    Route("/{path:path}", views.not_found),
]
