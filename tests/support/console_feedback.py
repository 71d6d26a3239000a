"""A site with forms whose coordinator is signed in to the console. Used by the tests of feedback and of sealing
keys.
"""

from __future__ import annotations

from dataclasses import dataclass

from sync.store.contract import Collection
from tests.support.console_client import ConsoleSite, ConsoleUser
from tests.support.inbox_site import InboxSite


@dataclass
class FeedbackConsole:
    inbox_site: InboxSite
    console_site: ConsoleSite
    coordinator: ConsoleUser

    async def catch_up(self) -> None:
        await self.inbox_site.site.services.inbox.node_cache._catch_up(Collection.FEEDBACK)
