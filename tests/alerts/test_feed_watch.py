"""Watched feeds: each message once, conditional requests, pauses after failures, drafts and proposals, never a deed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from server.alerts.cap_intake import CapIntake, ReceivedState
from server.alerts.feed_watch import INTERVAL, FeedWatch
from server.alerts.received_alerts import ReceivedAlert
from server.alerts.remote_documents import RemoteDocuments
from server.alerts.watched_feeds import WatchedFeed
from sync.alerts.cap_feed import MAX_FEED_BYTES
from tests.support.foreign_feed import HOST, ForeignServer, foreign_server
from tests.support.sample_cap import FAR, atom_xml, cancel_xml, cap_info, cap_xml
from tests.support.unpublished_site import UnpublishedSite, unpublished_site

pytestmark = pytest.mark.anyio


@dataclass
class Watched:
    """A site that watches one feed, and the time of its watch."""

    site: UnpublishedSite
    server: ForeignServer
    watch: FeedWatch
    time: float = 0.0

    async def turn(self, pass_time: float = INTERVAL) -> None:
        self.time += pass_time
        await self.watch.turn()

    async def feed(self) -> WatchedFeed:
        [feed] = await self.site.services.cap_intake.feeds.all()
        return feed

    async def states(self) -> dict[str, ReceivedState]:
        """The states of messages by identifier, of refused ones by the code of the reason."""
        situation = await self.site.services.cap_intake.load_situation()
        return {
            one.reasons[0].code if one.reasons else one.identifier: situation.state_of(one)
            for one in await self.received()
        }

    async def received(self) -> list[ReceivedAlert]:
        return await self.site.services.cap_intake.received.all()

    def list_entries(self, *names: str, updated: str = "2026-11-24T11:00:00Z") -> None:
        self.server.documents["/alerts.atom"] = atom_xml(*(f"/{name}" for name in names), updated=updated)


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    async with unpublished_site(tmp_path) as site, foreign_server() as server:
        services = site.services
        found = Watched(site, server, services.feed_watch)
        found.watch = FeedWatch(
            services.cap_intake,
            RemoteDocuments(lambda ip: ip == HOST),
            services.audit,
            site.clock,
            services.translator.language_of,
            lambda: found.time,
        )
        await services.cap_intake.feeds.add(
            WatchedFeed("", server.address("/alerts.atom"), "Service météo d’exemple", "fr", by="awa")
        )
        yield found


async def test_a_feed_gives_drafts_a_proposal_to_end_and_true_reasons(watched: Watched) -> None:
    server, services = watched.server, watched.site.services
    server.documents |= {
        "/un": cap_xml(identifier="un"),
        "/deux": cap_xml(identifier="deux"),
        "/prive": "http://10.0.0.1/alerte.xml",
    }
    watched.list_entries("prive", "deux", "un")
    await watched.turn()
    drafts = {draft.fields["origin"]["identifier"]: draft for draft in await services.alerts.drafts.all()}
    assert set(drafts) == {"un", "deux"}
    assert {draft.by for draft in drafts.values()} == {""}
    await watched.turn()
    assert server.asked[-1] == ("/alerts.atom", 304)
    alert = replace(drafts["un"].to_alert())
    await services.alerts.send(alert, "awa")
    await services.alerts.drafts.delete(drafts["un"])
    server.documents |= {"/grand": b"<alert>" + b"x" * 2_000_001, "/fin": cancel_xml("fin", "un")}
    server.documents["/encore"] = cap_xml(identifier="un")
    watched.list_entries("fin", "grand", "encore", "prive", "deux")
    await watched.turn()
    assert await watched.states() == {
        "un": ReceivedState.SENT,
        "deux": ReceivedState.DRAFTED,
        "fin": ReceivedState.ENDS,
        "address-private": ReceivedState.REFUSED,
        "address-large": ReceivedState.REFUSED,
    }
    assert [draft.slug for draft in await services.alerts.drafts.all()] == [drafts["deux"].slug]
    assert list((await services.alerts.load_library()).alerts) == [alert.slug]
    assert (await watched.feed()).error is None
    [ending] = [one for one in await watched.received() if one.identifier == "fin"]
    draft = await services.cap_intake.make_draft(ending, "awa", services.translator.language_of, alert.slug)
    assert (draft.fields["msgType"], draft.fields["references"]) == ("Cancel", [alert.slug])
    assert "instruction" not in draft.fields["info"]["fr"]


async def test_an_expired_message_is_shown_as_expired_and_never_drafted(watched: Watched) -> None:
    watched.server.documents["/un"] = cap_xml(cap_info(expires="2026-11-24T11:30:00+00:00"), identifier="un")
    watched.list_entries("un")
    await watched.turn()
    assert await watched.states() == {"un": ReceivedState.EXPIRED}
    assert await watched.site.services.alerts.drafts.all() == []


async def test_a_message_about_another_part_of_the_world_becomes_no_draft_by_itself(watched: Watched) -> None:
    area = f"<areaDesc>Windsor</areaDesc><polygon>{FAR}</polygon>"
    watched.server.documents["/un"] = cap_xml(cap_info(area=area), identifier="un")
    watched.list_entries("un")
    await watched.turn()
    assert await watched.states() == {"un": ReceivedState.NEW}
    assert await watched.site.services.alerts.drafts.all() == []


async def test_what_the_source_replaced_or_ended_before_it_was_read_becomes_no_draft(watched: Watched) -> None:
    watched.server.documents |= {"/un": cap_xml(identifier="un"), "/fin": cancel_xml("fin", "un")}
    watched.list_entries("fin", "un")
    await watched.turn()
    assert await watched.site.services.alerts.drafts.all() == []  # nobody had taken it up
    assert await watched.states() == {"un": ReceivedState.REPLACED, "fin": ReceivedState.IDLE}


async def test_drafts_that_nobody_took_up_go_when_their_message_ends(watched: Watched) -> None:
    services = watched.site.services
    watched.server.documents |= {"/un": cap_xml(identifier="un"), "/deux": cap_xml(identifier="deux")}
    watched.list_entries("deux", "un")
    await watched.turn()
    taken = (await services.alerts.drafts.all())[0]
    await services.alerts.drafts.save(replace(taken, by="awa"))
    watched.site.clock.pass_time(days=2)
    await watched.turn()
    assert [draft.slug for draft in await services.alerts.drafts.all()] == [taken.slug]


async def test_a_failing_feed_waits_longer_each_time_and_its_reason_is_kept(watched: Watched) -> None:
    watched.server.documents["/alerts.atom"] = 503
    for _ in range(12):
        await watched.turn()
    assert len(watched.server.asked) == 4  # after 5, 10, 20 and 40 minutes
    feed = await watched.feed()
    assert feed.error and feed.error[0] == "address-status"
    assert feed.failing_since == "2026-11-24T12:00:00Z"
    watched.list_entries()
    await watched.turn(6 * 3600)
    feed = await watched.feed()
    assert (feed.error, feed.failing_since) == (None, "")


@pytest.mark.parametrize(
    ("document", "code"),
    [(b"<html/>", "feed-not"), (b" " * (MAX_FEED_BYTES + 1), "address-large"), ("http://10.0.0.1/", "address-private")],
)
async def test_a_feed_that_is_none_says_why(watched: Watched, document: bytes | str, code: str) -> None:
    watched.server.documents["/alerts.atom"] = document
    await watched.turn()
    feed = await watched.feed()
    assert feed.error and feed.error[0] == code


async def test_a_message_that_cannot_be_fetched_now_is_asked_for_again(watched: Watched) -> None:
    watched.server.documents["/un"] = 503
    watched.list_entries("un")
    await watched.turn()
    assert await watched.states() == {}
    watched.server.documents["/un"] = cap_xml(identifier="un")
    await watched.turn()
    assert await watched.states() == {"un": ReceivedState.DRAFTED}
    asked = len(watched.server.asked)
    await watched.turn()
    assert watched.server.asked[asked:] == [("/alerts.atom", 304)]


async def test_a_message_that_this_program_fails_on_holds_no_other_back(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    take_in = CapIntake.take_in

    async def fail_on_one(intake: CapIntake, raw: bytes, address: str, feed: WatchedFeed | None) -> ReceivedAlert:
        if address.endswith("/un"):
            raise ZeroDivisionError
        return await take_in(intake, raw, address, feed)

    monkeypatch.setattr(CapIntake, "take_in", fail_on_one)
    names = ("un", "deux", "trois")
    watched.server.documents |= {f"/{name}": cap_xml(identifier=name) for name in names} | {"/nulle": "http://["}
    watched.list_entries("trois", "nulle", "deux", "un")  # the newest first: what fails comes before the others
    await watched.turn()
    assert await watched.states() == {
        "cap-unreadable": ReceivedState.REFUSED,
        "address-form": ReceivedState.REFUSED,
        "deux": ReceivedState.DRAFTED,
        "trois": ReceivedState.DRAFTED,
    }
    assert (await watched.feed()).error is None
    assert "ZeroDivisionError" in caplog.text
    asked = len(watched.server.asked)
    await watched.turn()
    assert watched.server.asked[asked:] == [("/alerts.atom", 304)]  # what failed is not asked for again and again


async def test_a_long_feed_is_read_over_several_turns(watched: Watched) -> None:
    names = [f"m{number}" for number in range(30)]
    watched.server.documents |= {f"/{name}": cap_xml(cap_info(expires=""), identifier=name) for name in names}
    watched.list_entries(*names)
    await watched.turn()
    first = len(await watched.received())
    await watched.turn()
    assert (first, len(await watched.received())) == (20, 30)


async def test_one_feed_that_cannot_be_read_does_not_hold_up_another(watched: Watched) -> None:
    services = watched.site.services
    watched.server.documents |= {"/alerts.atom": 500, "/un": cap_xml(identifier="un"), "/b.atom": atom_xml("/un")}
    await services.cap_intake.feeds.add(WatchedFeed("", watched.server.address("/b.atom"), "B", "fr"))
    await watched.turn()
    assert await watched.states() == {"un": ReceivedState.DRAFTED}
