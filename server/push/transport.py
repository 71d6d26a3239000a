"""Web Push as this site has it: who subscribed, where messages may go, and the key by which push services know the site."""

from __future__ import annotations

from server.keys.vapid import FILE_NAME, VapidKey, open_vapid, resolve_contact
from server.push.endpoint_policy import EndpointPolicy
from server.push.sender import PushSender
from server.push.subscriptions import Subscriptions
from server.settings import Settings
from server.web.app_state import Clock, HasApp
from sync.errors import Refused
from sync.store.contract import Store


class PushTransport:
    """`guard`: None for the push services of the settings."""

    def __init__(self, settings: Settings, store: Store, clock: Clock, guard: EndpointPolicy | None = None) -> None:
        self.guard = guard or EndpointPolicy.from_setting(settings.push_services)
        self.subscriptions = Subscriptions(store)
        self.clock = clock
        self._settings = settings
        self._makes_key = False
        self._vapid: VapidKey | None = None
        self._sender: PushSender | None = None

    def create_key(self) -> None:
        """This node publishes: it makes the VAPID key where there is none yet."""
        self._makes_key = True

    @property
    def vapid(self) -> VapidKey | None:
        """The site's VAPID key; the node that publishes makes it. None: this node sends no pushes."""
        if self._vapid is None:
            try:
                contact = resolve_contact(self._settings.push_contact, self._settings.url)
            except Refused:
                return None
            self._vapid = open_vapid(self._settings.keys, contact, create=self._makes_key)
        return self._vapid

    @property
    def silence(self) -> Refused | None:
        """The reason why no push can leave: no contact. None where they can, and where other nodes send them."""
        if self._makes_key or (self._settings.keys / FILE_NAME).exists():
            try:
                resolve_contact(self._settings.push_contact, self._settings.url)
            except Refused as error:
                return error
        return None

    @property
    def sender(self) -> PushSender | None:
        if self._sender is None and self.vapid:
            self._sender = PushSender(self.guard, self.vapid, self.now)
        return self._sender

    def now(self) -> float:
        return self.clock().timestamp()


def push_of(request: HasApp) -> PushTransport:
    push: PushTransport = request.app.state.push
    return push
