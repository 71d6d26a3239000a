"""Browsers in which people of the console are told what waits: the records `browser:ACCOUNT:DIGEST` of `people`.

They are subscriptions of Web Push, with the site's own key; the console's service worker shows the messages.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from server.push.delivery import DeliveryStatus, Message
from server.push.push_transport import PushTransport
from server.push.subscriptions import is_public_key, is_secret
from server.web.app_state import HasApp
from sync.canonical import digest
from sync.errors import BadRequest
from sync.store.checked_writes import delete_records, ensure_saved
from sync.store.contract import Collection, Record, Stale, Store, Write
from sync.store.iteration import iterate_records

PREFIX = "browser:"
MAX_BROWSERS = 5  # of a person; one more replaces the oldest
LIFETIME = 12 * 3600  # seconds that a push service keeps a message for a browser that is closed
ROOT = "console"  # a push service keeps only the newest message for a closed browser


@dataclass(frozen=True, slots=True)
class ConsoleBrowsers:
    store: Store
    push: PushTransport

    async def add(self, account: str, endpoint: str, public: str, auth: str) -> None:
        """Keep a browser's subscription. Raises BadRequest for a malformed one, Refused for an unknown service."""
        if not (is_public_key(public) and is_secret(auth)):
            raise BadRequest("subscription-malformed", "Cet abonnement ne peut pas être lu.", "Rechargez la page.")
        self.push.policy.parse_endpoint(endpoint)
        id = f"{PREFIX}{account}:{digest(endpoint)}"
        now = self.push.clock().isoformat()
        others = [record for record in await self.list_of(account) if record.id != id]
        body = {"endpoint": endpoint, "public": public.rstrip("="), "auth": auth.rstrip("="), "since": now}
        current = await self.store.get(Collection.PEOPLE, id)
        [outcome] = await self.store.write(Collection.PEOPLE, [Write(id, body, current.rev if current else None)])
        if not isinstance(outcome, Stale):  # the same browser twice at once
            ensure_saved(outcome)
        oldest = sorted(others, key=lambda record: str(record.body["since"]))[: max(0, len(others) + 1 - MAX_BROWSERS)]
        await delete_records(self.store, Collection.PEOPLE, oldest)

    async def remove(self, account: str) -> None:
        """Forget all browsers of a person."""
        await delete_records(self.store, Collection.PEOPLE, await self.list_of(account))

    async def list_of(self, account: str) -> list[Record]:
        scan = iterate_records(self.store, Collection.PEOPLE, f"{PREFIX}{account}:")
        return [record async for record in scan]

    async def list_by_account(self) -> dict[str, list[Record]]:
        by_account: dict[str, list[Record]] = {}
        async for record in iterate_records(self.store, Collection.PEOPLE, PREFIX):
            by_account.setdefault(record.id.split(":")[1], []).append(record)
        return by_account

    async def tell(self, browsers: Sequence[Record], title: str, body: str, *, is_urgent: bool) -> bool:
        """Send a message to a person's browsers; True if one took it. Browsers that no longer exist are forgotten."""
        sender = self.push.sender
        if sender is None or not browsers:
            return False
        payload = json.dumps({"title": title, "body": body}, ensure_ascii=False).encode()
        expires = int(self.push.now()) + LIFETIME
        message = Message(payload, "Extreme" if is_urgent else "Moderate", ROOT, expires)
        deliveries = await sender.send([(record.id, record.body, message) for record in browsers])
        gone = {each.id for each in deliveries if each.status is DeliveryStatus.GONE}
        await delete_records(self.store, Collection.PEOPLE, [record for record in browsers if record.id in gone])
        taken = (DeliveryStatus.DELIVERED, DeliveryStatus.SLOW)
        return any(each.status in taken for each in deliveries)


def console_browsers_of(request: HasApp) -> ConsoleBrowsers:
    browsers: ConsoleBrowsers = request.app.state.console_browsers
    return browsers
