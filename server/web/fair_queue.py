"""A bounded queue for costly work of anonymous requests: a few at a time, senders in turn.

When all places are taken, the sender with the most waiting requests loses its newest one ("longest queue drop"). So a
flood from one network displaces itself, and somebody else's single request waits for a few turns only. Networks are
kept while their requests wait.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio

from sync.errors import Unavailable


@dataclass(slots=True, eq=False)
class _Ticket:
    """`is_granted`: False once called means that the request lost its place."""

    called: anyio.Event = field(default_factory=anyio.Event)
    is_granted: bool = False


class FairQueue:
    """At most `width` turns at a time, and `places` requests waiting."""

    def __init__(self, width: int, places: int) -> None:
        self._free = width
        self._places = places
        self._waiting: OrderedDict[str, deque[_Ticket]] = OrderedDict()  # by sender; the first is next

    @asynccontextmanager
    async def turn(self, sender: str) -> AsyncIterator[None]:
        """Wait for a turn and hold it. Raises Unavailable if there is no place, at once or while waiting."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(sender)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, sender: str) -> None:
        ticket = self._enter(sender)
        try:
            await ticket.called.wait()
        except BaseException:
            if ticket.is_granted:
                self._pass_on()
            elif not ticket.called.is_set():
                self._leave(sender, ticket)
            raise
        if not ticket.is_granted:
            raise _busy()

    def _enter(self, sender: str) -> _Ticket:
        if sum(map(len, self._waiting.values())) >= self._places:
            longest = max(self._waiting, key=lambda name: len(self._waiting[name]), default=sender)
            if len(self._waiting.get(longest, ())) <= len(self._waiting.get(sender, ())) + 1:
                raise _busy()
            dropped = self._waiting[longest][-1]
            self._leave(longest, dropped)
            dropped.called.set()
        ticket = _Ticket()
        self._waiting.setdefault(sender, deque()).append(ticket)
        return ticket

    def _leave(self, sender: str, ticket: _Ticket) -> None:
        self._waiting[sender].remove(ticket)
        if not self._waiting[sender]:
            del self._waiting[sender]

    def _pass_on(self) -> None:
        """Give the turn to the next sender, which moves to the end; keep it free if nobody waits."""
        if not self._waiting:
            self._free += 1
            return
        sender, tickets = next(iter(self._waiting.items()))
        ticket = tickets[0]
        self._leave(sender, ticket)
        if tickets:
            self._waiting.move_to_end(sender)
        ticket.is_granted = True
        ticket.called.set()


def _busy() -> Unavailable:
    return Unavailable("busy", "Il y a beaucoup de demandes en ce moment.", "Réessayez dans un moment.")
