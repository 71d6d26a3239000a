"""Two browsers in a race: whatever both do, in whatever order, a deadly alert that leaves was read by two people."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.accounts.account import Role
from tests.support.console_client import ConsoleSite, ConsoleUser, running_console_site
from tests.support.console_steps import ALERT_FIELDS, draft_alert

TEXTS = ("L’eau monte.", "Fuyez vers le nord.", "Le pont est coupé.")
DECISIONS = ("ask", "approve", "send", "schedule", "drop")
PEOPLE = st.sampled_from((0, 1))
STEPS = st.one_of(
    st.tuples(PEOPLE, st.just("read"), st.just(0)),
    st.tuples(PEOPLE, st.just("edit"), st.integers(0, len(TEXTS) - 1)),
    st.tuples(PEOPLE, st.sampled_from(DECISIONS), st.just(0)),
    st.tuples(st.just(0), st.just("hour"), st.just(0)),
)
MOMENTS = st.lists(st.lists(STEPS, min_size=1, max_size=3), min_size=4, max_size=12)  # steps of a moment run at once
Moments = list[list[tuple[int, str, int]]]
ASKED: Moments = [[(0, "read", 0)], [(0, "ask", 0)], [(1, "read", 0)]]
CHANGED_MEANWHILE: Moments = [*ASKED, [(0, "edit", 1)], [(0, "read", 0)], [(0, "ask", 0)], [(1, "approve", 0)]]


@dataclass
class Race:
    """One draft, two browsers. `seen`: what each browser's page carries; `readers`: the people who read each text."""

    site: ConsoleSite
    people: tuple[ConsoleUser, ConsoleUser]
    address: str
    seen: list[str] = field(default_factory=lambda: ["", ""])
    readers: dict[str, set[int]] = field(default_factory=lambda: {TEXTS[0]: {0}})
    statuses: list[int] = field(default_factory=list)

    async def step(self, person: int, action: str, text: int) -> None:
        browser = self.people[person]
        seen = self.seen[person]
        if action == "hour":
            self.site.site.clock.pass_time(hours=1)
            await self.site.site.services.alerts.process_due()
        elif action == "read":
            page = (await browser.get(f"{self.address}/check")).text
            if 'name="seen" value="' in page:
                self.seen[person] = page.split('name="seen" value="')[1].split('"')[0]
                [shown] = [words for words in TEXTS if words in page]
                self.readers.setdefault(shown, set()).add(person)
        elif action == "edit":
            form = {**ALERT_FIELDS, "severity": "Extreme", "fr-description": TEXTS[text], "seen": seen}
            answer = await browser.post(self.address, form)
            self.statuses.append(answer.status_code)
            if answer.status_code == 303:
                self.readers.setdefault(TEXTS[text], set()).add(person)
        else:
            at = f"{self.site.site.clock():%Y-%m-%dT%H}:30"
            self.statuses.append((await browser.post(f"{self.address}/{action}", {"seen": seen, "at": at})).status_code)

    async def sent_text(self) -> str:
        """The text that left; "" if none did."""
        library = await self.site.site.services.alerts.load_library()
        alert = library.alerts.get(self.address.rpartition("/")[2])
        return alert.info["fr"].description if alert else ""


@dataclass
class RaceTrack:
    """A site on an event loop of its own, and two people signed in to it."""

    portal: BlockingPortal
    site: ConsoleSite
    people: tuple[ConsoleUser, ConsoleUser]

    def run(self, moments: Moments) -> tuple[Race, str]:
        return self.portal.call(self._run, moments)

    async def _run(self, moments: Moments) -> tuple[Race, str]:
        clock = self.site.site.clock
        start = clock()
        race = Race(self.site, self.people, await self._draft())
        for steps in moments:
            await asyncio.gather(*(race.step(*step) for step in steps))
        clock.now = start
        return race, await race.sent_text()

    async def _draft(self) -> str:
        return await draft_alert(self.people[0], severity="Extreme", **{"fr-description": TEXTS[0]})


@pytest.fixture(scope="module")
def track() -> Iterator[RaceTrack]:
    with (
        tempfile.TemporaryDirectory() as folder,
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(running_console_site(Path(folder))) as site,
    ):
        awa, binta = (portal.call(site.person, Role.COORDINATOR, name) for name in ("awa", "binta"))
        site.site.services.alerts._keys = None  # another machine publishes: to send is to store
        yield RaceTrack(portal, site, (awa, binta))


def require_two_readers(track: RaceTrack, moments: Moments) -> None:
    race, sent = track.run(moments)
    assert not [status for status in race.statuses if status >= 500]
    assert not sent or race.readers[sent] == {0, 1}


@example([*CHANGED_MEANWHILE, [(0, "send", 0)], [(1, "send", 0)]])
@example([*ASKED, [(1, "approve", 0), (0, "edit", 1)], [(0, "read", 0)], [(0, "send", 0), (1, "send", 0)]])
@example([*ASKED, [(1, "approve", 0)], [(0, "schedule", 0)], [(0, "edit", 1), (0, "hour", 0)], [(0, "hour", 0)]])
@settings(max_examples=8, deadline=None, derandomize=True)
@given(MOMENTS)
def test_whatever_two_people_do_what_leaves_was_read_by_both(track: RaceTrack, moments: Moments) -> None:
    require_two_readers(track, moments)


@pytest.mark.soak
@settings(max_examples=400, deadline=None)
@given(MOMENTS)
def test_whatever_two_people_do_for_long_what_leaves_was_read_by_both(track: RaceTrack, moments: Moments) -> None:
    require_two_readers(track, moments)


def test_a_text_that_both_read_does_leave(track: RaceTrack) -> None:
    race, sent = track.run([*ASKED, [(1, "approve", 0)], [(0, "read", 0)], [(0, "send", 0)]])
    assert (sent, race.readers[sent]) == (TEXTS[0], {0, 1})
