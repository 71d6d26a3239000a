"""Web Push of this site: subscriptions, endpoint policy, VAPID key and sender. Made by the composition root."""

from __future__ import annotations

import time

from server.keys.vapid import FILE_NAME, VapidKey, open_vapid, resolve_contact
from server.push.endpoint_policy import EndpointPolicy
from server.push.push_quota import PushQuota
from server.push.sender import PushSender
from server.push.subscriptions import Subscriptions
from server.settings import Settings
from server.web.app_state import Clock, HasApp
from server.web.disk_space import DiskSpace
from sync.errors import Refused
from sync.store.contract import Store


class PushTransport:
    """Opens the VAPID key and the sender on first use. `policy` None: the push services of the settings."""

    def __init__(self, settings: Settings, store: Store, clock: Clock, policy: EndpointPolicy | None = None) -> None:
        self.policy = policy or EndpointPolicy.from_setting(settings.push_services)
        self.subscriptions = Subscriptions(store)
        self.quota = PushQuota(time.monotonic, DiskSpace(settings.data))
        self.clock = clock
        self._settings = settings
        self._makes_key = False
        self._vapid: VapidKey | None = None
        self._sender: PushSender | None = None

    def create_key(self) -> None:
        """Create the VAPID key on first use if it is missing. Called on the node that publishes."""
        self._makes_key = True

    @property
    def vapid(self) -> VapidKey | None:
        """The site's VAPID key; None on a node that sends no push messages."""
        if self._vapid is None:
            try:
                contact = resolve_contact(self._settings.push_contact, self._settings.url)
            except Refused:
                return None
            self._vapid = open_vapid(self._settings.keys, contact, create=self._makes_key)
        return self._vapid

    @property
    def problem(self) -> Refused | None:
        """The error that keeps this node from sending: no contact address. None if it can send or need not."""
        if self._makes_key or (self._settings.keys / FILE_NAME).exists():
            try:
                resolve_contact(self._settings.push_contact, self._settings.url)
            except Refused as error:
                return error
        return None

    @property
    def sender(self) -> PushSender | None:
        if self._sender is None and self.vapid:
            self._sender = PushSender(self.policy, self.vapid, self.now)
        return self._sender

    def now(self) -> float:
        return self.clock().timestamp()


def push_of(request: HasApp) -> PushTransport:
    push: PushTransport = request.app.state.push
    return push
