"""The list of the console's first page: for whom, in what order, and made once after a change."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace

import pytest

from server.accounts.account import Role
from server.alerts.drafts import AlertDraftState
from server.hubs.hub_job import HubReport
from server.maintenance.backup_status import BackupStatus
from server.worklist.machine_items import backup_items, disk_items
from server.worklist.work_item import Urgency
from tests.support.console_client import ConsoleSite, ConsoleUser
from tests.support.console_feedback import FeedbackConsole
from tests.support.console_steps import GUIDE_ID, decide_alert, draft_alert, read_editor_form, save_draft
from tests.support.inbox_site import VISIT_ANSWERS

pytestmark = pytest.mark.anyio


async def lines(person: ConsoleUser) -> list[tuple[str, str]]:
    """The sentence and the address of each line of a person’s first page."""
    page = (await person.get("/")).text
    found = re.findall(
        r'<li(?: class="life")?><p>([^\n<]*)\n.*?<a class="[^"]*" href="/console([^"]*)"', page, re.DOTALL
    )
    return [(sentence.strip(), path) for sentence, path in found]


async def test_a_corrected_sentence_takes_two_people_four_clicks_and_four_pages(console_site: ConsoleSite) -> None:
    """The writer stands at the text, the reviewer at the first page; each click opens one page."""
    writer, reviewer = await console_site.person(Role.EDITOR), await console_site.person(Role.COORDINATOR)
    await console_site.site.publish()
    console_site.site.clock.pass_time(minutes=1)
    opened: list[str] = []
    start = await writer.get(f"/writing/{GUIDE_ID}")
    assert f'href="/console/writing/{GUIDE_ID}/edit"' in start.text
    opened.append((await writer.get(f"/writing/{GUIDE_ID}/edit")).text)
    assert 'name="ask" value="1"' in opened[-1]
    form = {**read_editor_form(opened[-1]), "body": "Une phrase corrigée.", "ask": "1"}
    opened.append((await writer.post(f"/writing/{GUIDE_ID}/edit", form, follow_redirects=True)).text)
    assert "La relecture est demandée" in opened[-1]
    [(sentence, path)] = await lines(reviewer)
    assert sentence.startswith("Texte à relire")
    opened.append((await reviewer.get(path)).text)
    assert "data-cost=" in opened[-1] and "<ins>" in opened[-1], "cost and changed words stand on the page"
    [seen] = set(re.findall(rf'{path}/publish">.*?name="seen" value="([^"]+)"', opened[-1], re.DOTALL))
    opened.append((await reviewer.post(f"{path}/publish", {"seen": seen}, follow_redirects=True)).text)
    assert "C’est publié" in opened[-1]
    assert len(opened) == 4
    await console_site.site.services.current_editions.load()
    assert "Une phrase corrigée." in (await console_site.site.client.get("/fr-ML/guides/argent")).text


async def test_an_alert_that_waits_for_a_second_person_comes_first(console_site: ConsoleSite) -> None:
    writer, other = await console_site.person(Role.COORDINATOR, "fanta"), await console_site.person(Role.COORDINATOR)
    await save_draft(writer, GUIDE_ID, title="Un autre titre")
    await writer.decide(f"/writing/{GUIDE_ID}/ask")
    address = await draft_alert(writer, severity="Extreme")
    await decide_alert(writer, address, "ask")
    assert [path for _, path in await lines(other)] == [f"{address}/check", f"/writing/{GUIDE_ID}"]
    assert '<li class="life">' in (await other.get("/")).text
    assert await lines(writer) == [], "neither is theirs to decide"
    assert await lines(await console_site.person(Role.ANALYST)) == []
    drafts = console_site.site.services.alerts.drafts
    draft = await drafts.get(address.rpartition("/")[2])
    await drafts.save(replace(draft, state=AlertDraftState.SCHEDULED, at="2026-11-25T10:00:00Z"))
    assert "ne peut pas partir" in (await lines(other))[0][0]


async def test_a_text_that_was_sent_back_is_its_writers(console_site: ConsoleSite) -> None:
    writer, other = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "awa")
    await save_draft(writer, GUIDE_ID, title="Un autre titre")
    assert [sentence for sentence, _ in await lines(writer)] == ["Votre brouillon : « Un autre titre »"]
    await writer.decide(f"/writing/{GUIDE_ID}/ask")
    await other.decide(f"/writing/{GUIDE_ID}/return", {"note": "La date manque."})
    assert [sentence for sentence, _ in await lines(writer)] == ["Texte renvoyé à corriger : « Un autre titre »"]
    assert await lines(other) == []


async def test_unread_submissions_wait_for_readers_and_no_longer_once_taken(feedback: FeedbackConsole) -> None:
    phone = await feedback.inbox_site.enrolled(3, "ABCDE01233")
    filled = phone.fill(feedback.inbox_site.forms["visite"], VISIT_ANSWERS)
    await feedback.inbox_site.send(filled.line)
    await feedback.catch_up()
    assert ("Envois que personne n’a lus (visite) : 1", "/feedback/list?form=visite&amp;state=new") in await lines(
        feedback.coordinator
    )
    await feedback.coordinator.decide(f"/feedback/one/{filled.id}/handle", {"state": "taken", "who": "awa"})
    await feedback.catch_up()
    assert await lines(feedback.coordinator) == []


async def test_the_list_is_made_once_after_a_change_and_not_for_each_page(console_site: ConsoleSite) -> None:
    worklist = console_site.site.services.worklist
    people = [await console_site.person(role) for role in (Role.EDITOR, Role.COORDINATOR, Role.ANALYST)]
    for person in people:
        await person.get("/")
    made = await worklist.list_all()
    for person in people * 3:
        await person.get("/")
    assert await worklist.list_all() is made
    await save_draft(people[0], GUIDE_ID, title="Un autre titre")
    for person in people:
        await person.get("/")
    assert await worklist.list_all() is not made


def test_a_backup_that_failed_or_is_too_old_waits_for_administrators() -> None:
    now = datetime.datetime(2026, 11, 24, 8, tzinfo=datetime.UTC)
    day = datetime.timedelta(days=1)
    assert list(backup_items(BackupStatus(now - day, None), now)) == []
    assert list(backup_items(BackupStatus(None, None), now)) == []
    [old] = backup_items(BackupStatus(now - 3 * day, None), now)
    [failed] = backup_items(BackupStatus(now - day, now), now)
    assert (old.urgency, old.roles) == (Urgency.TODAY, frozenset({Role.ADMINISTRATOR}))
    assert old.sentence != failed.sentence


def test_full_disks_wait_for_coordinators_here_and_at_hubs() -> None:
    when = "2026-11-24T12:00:00+00:00"
    reports = [HubReport(name, when, when, (), {}, "", free) for name, free in (("kayes", 5), ("nioro", 9**12))]
    assert [item.values.get("name") for item in disk_items(False, reports)] == [None, "kayes"]
    assert list(disk_items(True, [HubReport("segou", when, when, (), {})])) == []
