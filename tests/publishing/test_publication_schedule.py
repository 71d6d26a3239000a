"""Publication at a set hour: what was seen leaves, and nothing else; alerts go out meanwhile; a stop says why."""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Sequence
from typing import Any

import anyio
import httpx
import pytest

from server.accounts.account import Role
from server.jobs import other_jobs
from server.publishing.publication_log import get_entries
from server.publishing.publication_schedule import LATEST, PublicationSchedule, ScheduleState
from server.publishing.publisher import Publication, Publisher
from sync.editions.archive import Archive
from sync.editions.feed import Edition
from sync.editions.publishing import SigningKeys
from sync.errors import Conflict
from sync.store.contract import Collection, Write
from tests.support.console_client import ConsoleSite, ConsoleUser
from tests.support.console_steps import GUIDE_ID, approve_change, decide_alert, draft_alert, head_number

pytestmark = pytest.mark.anyio

HOUR = "2026-11-24T18:00"  # in Mali, where the clock shows UTC; the site's clock begins at 12:00


@pytest.fixture
async def chief(console_site: ConsoleSite) -> ConsoleUser:
    await approve_change(console_site, GUIDE_ID, title="Votre argent")
    return await console_site.person(Role.COORDINATOR, "chef")


async def schedule(chief: ConsoleUser, at: str = HOUR, **fields: Any) -> httpx.Response:
    return await chief.decide("/publishing/schedule", {"why": "La campagne du soir.", "at": at, **fields})


async def let_pass(console_site: ConsoleSite, **amount: float) -> None:
    """Pass time, then let the job look once."""
    console_site.site.clock.pass_time(**amount)
    await console_site.site.services.publication_schedule.process_due(console_site.site.keys)
    await console_site.site.services.current_editions.load()


async def title_for_readers(console_site: ConsoleSite) -> str:
    page = (await console_site.site.client.get("/fr-ML/guides/argent")).text
    match = re.search("<h1[^>]*>(.*?)</h1>", page)
    assert match
    return match[1]


async def stop_reason(console_site: ConsoleSite) -> str:
    [scheduled] = await console_site.site.services.publication_schedule.list_all()
    assert scheduled.state is ScheduleState.STOPPED
    assert scheduled.error
    return scheduled.error.code


async def published_channels(console_site: ConsoleSite) -> list[str]:
    """The channels of the journal's entries about what `chef` published."""
    entries = await console_site.site.services.audit.list_recent(50)
    return sorted(entry.target for entry in entries if (entry.what, entry.who) == ("published", "chef"))


async def test_what_was_seen_leaves_at_the_hour_of_the_country_and_not_before(
    console_site: ConsoleSite, chief: ConsoleUser
) -> None:
    assert "Mali, UTC+00:00" in (await chief.get("/publishing/plan")).text
    assert (await schedule(chief)).status_code == 303
    listed = (await chief.get("/publishing")).text
    assert "24 novembre 2026 à 18:00 (Mali, UTC+00:00), chef : La campagne du soir." in listed
    await let_pass(console_site, hours=5, minutes=59)
    assert await title_for_readers(console_site) == "Argent"
    await let_pass(console_site, minutes=1)
    assert await title_for_readers(console_site) == "Votre argent"
    history = (await chief.get("/publishing/fr-ML")).text
    assert "La campagne du soir." in history and "chef" in history
    assert "Publications programmées" not in (await chief.get("/publishing")).text
    entries = await console_site.site.services.audit.list_recent(20)
    assert {"publication-scheduled", "published"} <= {entry.what for entry in entries if entry.who == "chef"}
    number = await head_number(console_site)
    await let_pass(console_site, hours=1)
    assert await head_number(console_site) == number, "it was published once"


async def test_a_text_that_changed_since_stops_it_and_the_queue_says_why(
    console_site: ConsoleSite, chief: ConsoleUser
) -> None:
    await schedule(chief)
    await approve_change(console_site, "guide:compte:fr", title="Un autre changement")
    before = await head_number(console_site)
    await let_pass(console_site, hours=7)
    assert await head_number(console_site) == before
    assert await stop_reason(console_site) == "schedule-pages-changed"
    home = (await chief.get("/")).text
    assert "Publication programmée qui n’est pas partie : La campagne du soir." in home
    page = (await chief.get("/publishing")).text
    assert "Ces pages ont changé depuis l’accord" in page and "guides/compte" in page
    [scheduled] = await console_site.site.services.publication_schedule.list_all()
    assert (await chief.decide(f"/publishing/cancel/{scheduled.id}")).status_code == 303
    assert "n’est pas partie" not in (await chief.get("/")).text


async def test_an_older_edition_that_came_back_meanwhile_is_not_undone(
    console_site: ConsoleSite, chief: ConsoleUser
) -> None:
    """The texts are those that were seen; what readers have is not."""
    await schedule(chief)
    console_site.site.clock.pass_time(minutes=5)
    await console_site.site.services.publisher.publish(console_site.site.keys)
    first = (await console_site.site.services.archive.history("fr-ML"))[0][1]
    console_site.site.clock.pass_time(minutes=5)
    again = await chief.decide(f"/publishing/fr-ML/again/{first}", {"why": "Une erreur est sortie."})
    assert again.status_code == 303
    await approve_change(console_site, GUIDE_ID, title="Votre argent, corrigé")
    await let_pass(console_site, hours=7)
    assert await stop_reason(console_site) in ("schedule-pages-changed", "schedule-published-meanwhile")
    assert await title_for_readers(console_site) == "Argent"


async def test_an_alert_goes_out_meanwhile_and_stops_nothing(console_site: ConsoleSite, chief: ConsoleUser) -> None:
    await schedule(chief)
    address = await draft_alert(chief)
    assert (await decide_alert(chief, address, "send")).status_code == 303
    head = await console_site.site.services.archive.head("fr-ML")
    assert head and "alerts" in head.manifest.by_path()
    await let_pass(console_site, hours=6)
    assert await title_for_readers(console_site) == "Votre argent"
    head = await console_site.site.services.archive.head("fr-ML")
    assert head and "alerts" in head.manifest.by_path(), "the alert stays"


async def test_it_can_be_cancelled_and_then_nothing_leaves(console_site: ConsoleSite, chief: ConsoleUser) -> None:
    await schedule(chief)
    service = console_site.site.services.publication_schedule
    [scheduled] = await service.list_all()
    assert (await chief.decide(f"/publishing/cancel/{scheduled.id}")).status_code == 303
    await let_pass(console_site, hours=7)
    assert await title_for_readers(console_site) == "Argent"
    assert (await chief.post(f"/publishing/cancel/{scheduled.id}", {"seen": "x"})).status_code == 409
    entries = await console_site.site.services.audit.list_recent(20)
    assert "publication-unscheduled" in {entry.what for entry in entries}


async def test_chosen_channels_alone_leave(console_site: ConsoleSite, chief: ConsoleUser) -> None:
    archive = console_site.site.services.archive
    french = await archive.head("fr-ML")
    assert (await schedule(chief, choose="1", channel="bm-ML")).status_code == 303
    await let_pass(console_site, hours=6)
    assert await archive.head("fr-ML") == french
    [_, (number, _)] = await archive.history("bm-ML")
    assert number == console_site.site.clock().timestamp()


@pytest.mark.parametrize("at", ["", "demain", "2026-11-24T12:00", "2026-11-25 midi", "2027-03-24T12:00"])
async def test_an_hour_that_cannot_be_is_told_and_nothing_is_kept(
    console_site: ConsoleSite, chief: ConsoleUser, at: str
) -> None:
    answer = await schedule(chief, at)
    assert answer.status_code == 422
    assert "Ce moment n’est pas possible." in answer.text and "La campagne du soir." in answer.text
    assert await console_site.site.services.publication_schedule.list_all() == []


@pytest.mark.parametrize("at", ["2027-03-28T02:30", "2026-10-25T02:30"])
async def test_an_hour_that_the_countrys_clock_skips_or_repeats_is_told(
    console_site: ConsoleSite, chief: ConsoleUser, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    monkeypatch.setattr("server.console.publishing.actions.clock_country", lambda library: "FR")
    answer = await schedule(chief, at)
    assert answer.status_code == 422
    assert "L’horloge du pays" in answer.text and "La campagne du soir." in answer.text
    assert await console_site.site.services.publication_schedule.list_all() == []


@pytest.mark.parametrize("change", [{"closed": True}, {"role": Role.EDITOR}])
async def test_who_may_no_longer_publish_at_the_hour_publishes_nothing(
    console_site: ConsoleSite, chief: ConsoleUser, change: dict[str, Any]
) -> None:
    await schedule(chief)
    accounts = console_site.people.accounts
    await accounts.update(await accounts.get("chef"), **change)
    await let_pass(console_site, hours=6)
    assert await stop_reason(console_site) == "schedule-account"
    assert await title_for_readers(console_site) == "Argent"
    other = await console_site.person(Role.COORDINATOR, "autre")
    assert "Le compte chef, qui avait programmé cette publication," in (await other.get("/publishing")).text


async def test_one_that_fails_holds_no_other_back(
    console_site: ConsoleSite, chief: ConsoleUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for channel in ("fr-ML", "bm-ML"):
        await schedule(chief, choose="1", channel=channel)
    publisher = console_site.site.services.publisher
    publish = publisher.publish

    async def fail_for_french(keys: SigningKeys, channels: Sequence[str], **options: Any) -> list[Publication]:
        if list(channels) == ["fr-ML"]:
            raise RuntimeError("a fault of the program")
        return await publish(keys, channels, **options)

    with monkeypatch.context() as patch:
        patch.setattr(publisher, "publish", fail_for_french)
        with pytest.raises(RuntimeError):
            await let_pass(console_site, hours=6)
    assert await published_channels(console_site) == ["bm-ML"]
    await let_pass(console_site, seconds=30)
    assert await published_channels(console_site) == ["bm-ML", "fr-ML"]
    assert await console_site.site.services.publication_schedule.list_all() == []


async def test_what_a_dying_process_published_has_its_name_and_its_entry(
    console_site: ConsoleSite, chief: ConsoleUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await schedule(chief)
    services = console_site.site.services
    announce = services.archive.announce

    async def announce_and_die(edition: Edition, previous: Edition | None) -> None:
        await announce(edition, previous)
        raise RuntimeError("the process is gone")

    with monkeypatch.context() as patch:
        patch.setattr(services.archive, "announce", announce_and_die)
        with pytest.raises(RuntimeError):
            await let_pass(console_site, hours=6)
    head = await services.archive.head("fr-ML")
    assert head
    assert (await get_entries(services.store, [head.id]))[head.id].who == "chef"
    assert await published_channels(console_site) == []
    await let_pass(console_site, seconds=30)
    assert await published_channels(console_site) == ["bm-ML", "fr-ML"]
    assert await services.archive.head("fr-ML") == head


async def test_a_server_that_was_down_for_more_than_a_day_asks_anew(
    console_site: ConsoleSite, chief: ConsoleUser
) -> None:
    await schedule(chief)
    await let_pass(console_site, hours=6 + LATEST / datetime.timedelta(hours=1), minutes=1)
    assert await stop_reason(console_site) == "schedule-too-late"
    assert await title_for_readers(console_site) == "Argent"


async def test_after_a_crash_in_the_middle_the_rest_leaves(console_site: ConsoleSite, chief: ConsoleUser) -> None:
    await schedule(chief)
    console_site.site.clock.pass_time(hours=6)
    await console_site.site.services.publisher.publish(console_site.site.keys, ["fr-ML"])
    number = await head_number(console_site)
    await let_pass(console_site, seconds=30)
    assert await head_number(console_site) == number
    assert len(await console_site.site.services.archive.history("bm-ML")) == 2
    assert await console_site.site.services.publication_schedule.list_all() == []


async def test_two_machines_that_publish_at_the_same_hour_publish_once(
    console_site: ConsoleSite, chief: ConsoleUser
) -> None:
    await schedule(chief)
    site, services = console_site.site, console_site.site.services
    site.clock.pass_time(hours=6)
    archive = Archive(services.store)
    publisher = Publisher(services.store, archive, services.assets, services.settings.keys, services.clock)
    accounts = services.accounts.accounts
    other = PublicationSchedule(services.store, archive, publisher, accounts, services.audit, services.clock)

    async def publish(machine: PublicationSchedule) -> None:
        while await machine.list_all():
            with contextlib.suppress(Conflict):  # the job tries again
                await machine.process_due(site.keys)

    with anyio.fail_after(60):
        async with anyio.create_task_group() as tasks:
            for machine in (services.publication_schedule, other):
                tasks.start_soon(publish, machine)
    assert len(await archive.history("fr-ML")) == 2
    head = await archive.head("fr-ML")
    assert head
    assert (await get_entries(services.store, [head.id]))[head.id].who == "chef"
    assert await published_channels(console_site) == ["bm-ML", "fr-ML"]


async def test_the_job_looks_again_in_half_a_minute_or_at_the_hour_itself(
    console_site: ConsoleSite, chief: ConsoleUser
) -> None:
    await schedule(chief)
    services, keys = console_site.site.services, console_site.site.keys
    assert "scheduled-publications" in [job.name for job in other_jobs(services, keys)]
    assert "scheduled-publications" not in [job.name for job in other_jobs(services, None)]
    assert await services.publication_schedule.process_due(keys) == 30
    console_site.site.clock.pass_time(hours=5, minutes=59, seconds=48)
    assert await services.publication_schedule.process_due(keys) == 12


async def test_a_damaged_record_is_answered_in_words_and_leaves_the_others_alone(
    console_site: ConsoleSite, chief: ConsoleUser
) -> None:
    await schedule(chief)
    damaged = "scheduled:2026-11-24T17:00:00Z:abcd"
    await console_site.site.services.store.write(Collection.CONTENT, [Write(damaged, {"at": 3})])
    answer = await chief.post(f"/publishing/cancel/{damaged}")
    assert answer.status_code == 422 and "est abîmée" in answer.text
    page = await chief.get("/publishing")
    assert page.status_code == 200 and "La campagne du soir." in page.text
    assert (await chief.get("/calendar")).status_code == 200
