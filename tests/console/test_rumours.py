"""The rumour desk in the console: from reports to a published notice and an answer to everybody, in few clicks."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from server.accounts.account import Role
from server.rumours import case_records
from sync.canonical import digest
from sync.forms.compiled_form import Form
from sync.forms.compiler import compile_markdown
from sync.store.contract import Collection, Write
from sync.store.iteration import iterate_records
from tests.support.console_client import ConsoleUser
from tests.support.console_feedback import FeedbackConsole
from tests.support.console_steps import read_editor_form
from tests.support.inbox_site import FILES
from tests.support.rumour_desk import GIFT, POISON, POISON_AGAIN, Reporters, choice_of

pytestmark = pytest.mark.anyio
RISKS = "| choices |\n|  | list_name | name | label |\n|  | risque | violence | De la violence |\n"
TRUTH = "L’eau du puits est propre."


@dataclass
class ClickCounter:
    """A person who follows links and presses buttons; typed fields are noted."""

    user: ConsoleUser
    clicks: int = 0
    typed: list[str] = field(default_factory=list)

    async def follow(self, page: str, path: str) -> str:
        """Click a link that the page has."""
        assert f'href="/console{path}"' in html.unescape(page), f"no link to {path}"
        self.clicks += 1
        return (await self.user.get(path)).text

    async def press(self, action: str, fields: Mapping[str, Any], typed: Mapping[str, str] | None = None) -> str:
        """Press a button of the form with this address; returns the page that follows."""
        self.clicks += 1
        self.typed += (typed or {}).keys()
        answer = await self.user.post(action, {**fields, **(typed or {})})
        assert answer.status_code == 303, answer.text
        location = answer.headers["location"].removeprefix("/console")
        self.path = location.partition("?")[0]
        return (await self.user.get(location)).text


def hidden_fields(page: str, action: str) -> dict[str, str]:
    match = re.search(rf'<form[^>]*action="/console{re.escape(action)}".*?</form>', page, re.DOTALL)
    assert match, f"no form for {action}"
    fields = {html.unescape(n): html.unescape(v) for n, v in re.findall(r'name="([^"]+)" value="([^"]*)"', match[0])}
    for name, value in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', match[0], re.DOTALL):
        fields[name] = html.unescape(value)
    return fields


async def answer_on_phone(feedback: FeedbackConsole, filled: Any) -> dict[str, str]:
    answer = await feedback.inbox_site.client.post("/inbox/answers", json={"id": filled.id, "secret": filled.secret})
    assert answer.status_code == 200, answer.text
    value: dict[str, str] = answer.json()
    return value


async def test_two_reports_are_answered_by_one_notice_in_at_most_ten_clicks(feedback: FeedbackConsole) -> None:
    reporters = Reporters(feedback)
    first, second = await reporters.report(POISON), await reporters.report(POISON_AGAIN)
    writer = ClickCounter(feedback.coordinator)
    reviewer = ClickCounter(await feedback.console_site.person(Role.COORDINATOR, "moussa"))

    home = (await writer.user.get("/")).text
    rumours = await writer.follow(home, "/rumours")
    [case] = await reporters.cases()
    assert html.escape(POISON) in rumours, "the list shows what people wrote"
    page = await writer.follow(rumours, f"/rumours/{case.id}")
    editor = await writer.press(f"/rumours/{case.id}/write", hidden_fields(page, f"/rumours/{case.id}/write"))
    fields = read_editor_form(editor)
    assert POISON in fields["claim"]
    assert POISON_AGAIN in str(fields), "the wordings are filled"
    assert fields["seen_when"] == ["2026-11-24"]
    choice = {"verdict": "false"}
    writer.clicks += 1  # the verdict, chosen in a list
    typed = {"summary": TRUTH, "body": TRUTH}
    shown = await writer.press(writer.path, {**fields, **choice, "ask": "1"}, typed)
    notice = writer.path.rpartition("/")[2]
    assert "relecture" in shown

    home = (await reviewer.user.get("/")).text
    review = await reviewer.follow(home, f"/writing/{notice}")
    approve = hidden_fields(review, f"/writing/{notice}/publish")
    page = await reviewer.press(f"/writing/{notice}/publish", approve)
    await feedback.inbox_site.site.services.current_editions.load()
    assert reviewer.path == f"/rumours/{case.id}", "whoever publishes is led to those who asked"
    page = (await reviewer.user.get(reviewer.path)).text
    offered = hidden_fields(page, f"/rumours/{case.id}/answer")
    assert TRUTH in offered["text"], "the answer is written from the notice"
    await reviewer.press(f"/rumours/{case.id}/answer", offered)

    for filled in (first, second):
        answer = await answer_on_phone(feedback, filled)
        assert TRUTH in answer["text"]
        assert answer["page"] == f"notices/{notice.split(':')[1]}"
    assert writer.clicks + reviewer.clicks <= 10
    assert sorted(writer.typed + reviewer.typed) == ["body", "summary"], "nothing that people reported is typed again"
    await feedback.catch_up()
    [case] = await reporters.cases()
    assert [each.deed for each in case.record.decisions] == ["notice", "answered"]
    assert "moussa" in (await reviewer.user.get(f"/rumours/{case.id}")).text


async def test_nothing_that_the_server_keeps_links_the_two_phones(feedback: FeedbackConsole) -> None:
    """All that is kept of both reports: their words and a common case, never an address, a phone or a time of day."""
    reporters = Reporters(feedback)
    reports = [await reporters.report(POISON), await reporters.report(POISON_AGAIN)]
    [case] = await reporters.cases()
    await reporters.decisions.answer(case, TRUTH, "fr", "", "awa")
    store = feedback.inbox_site.site.services.store
    kept = [record async for record in iterate_records(store, Collection.FEEDBACK)]
    ids = [filled.id for filled in reports]
    kinds = {
        "submission": {"text", "signature", "carrier"},
        "received": {"day"},
        "receipt": {"date", "epoch", "signature"},
        "handling": {"state", "who"},
        "answer": {"text", "lang", "date"},
        "rumour-member": {"case"},
        "rumour-case": {"level", "notice", "state", "decisions"},
    }
    for record in kept:
        kind = record.id.partition(":")[0]
        assert set(record.body) <= kinds[kind], record
    for filled in reports:
        of_one = [record for record in kept if filled.id in record.id or filled.id in json.dumps(record.body)]
        assert {record.id.partition(":")[0] for record in of_one} <= kinds.keys() - {"rumour-case"}
        [other] = set(ids) - {filled.id}
        assert not any(other in json.dumps(record.body) for record in of_one)
        [submission] = [record for record in of_one if record.id.startswith("submission:")]
        sent = json.loads(str(submission.body["text"]))
        assert sent["answer"] == digest(filled.secret), "the secret itself is nowhere"
        assert not any(filled.secret in json.dumps(record.body) for record in kept)
    texts = [json.loads(filled.text) for filled in reports]
    alike = {name for name in texts[0] if texts[0][name] == texts[1].get(name)}
    assert alike <= {"kind", "v", "site", "form", "version", "day", "lang", "place", "device", "files"}, alike
    journal = [record async for record in iterate_records(store, Collection.JOURNAL)]
    assert not any(id in json.dumps(record.body) for id in ids for record in journal)


async def test_many_cases_are_joined_or_closed_in_one_step(feedback: FeedbackConsole) -> None:
    reporters = Reporters(feedback)
    for words in (POISON, GIFT):
        await reporters.report(words)
    one, other = await reporters.cases()
    page = (await feedback.coordinator.get("/rumours")).text
    chosen = [choice_of(page, case.id) for case in (one, other)]
    twice = await feedback.coordinator.post("/rumours/many", {"case": [chosen[0]] * 2, "deed": "join"})
    assert twice.status_code == 400, "a case was joined to itself"
    answer = await feedback.coordinator.post("/rumours/many", {"case": chosen, "deed": "join"})
    assert answer.status_code == 303
    [case] = await reporters.cases()
    assert len(case.reports) == 2
    page = (await feedback.coordinator.get("/rumours")).text
    await feedback.coordinator.post("/rumours/many", {"case": [choice_of(page, case.id)], "deed": "close"})
    [case] = await reporters.cases()
    assert case.record.state == "closed"


async def test_a_case_that_changed_since_the_list_was_shown_stops_the_step(feedback: FeedbackConsole) -> None:
    reporters = Reporters(feedback)
    await reporters.report(POISON)
    [case] = await reporters.cases()
    chosen = choice_of((await feedback.coordinator.get("/rumours")).text, case.id)
    await reporters.report(POISON_AGAIN)
    answer = await feedback.coordinator.post("/rumours/many", {"case": [chosen], "deed": "close"})
    assert answer.status_code == 409
    [case] = await reporters.cases()
    assert case.record.state == "open"


async def test_a_case_with_more_decisions_than_are_kept_is_still_decided_on_as_it_was_shown(
    feedback: FeedbackConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_records, "MAX_DECISIONS", 1)
    reporters = Reporters(feedback)
    await reporters.report(POISON)
    [case] = await reporters.cases()
    await reporters.decisions.set_level(case, "major", "awa")
    chosen = choice_of((await feedback.coordinator.get("/rumours")).text, case.id)
    for level in ("minor", "major"):
        [case] = await reporters.cases()
        await reporters.decisions.set_level(case, level, "moussa")
    answer = await feedback.coordinator.post("/rumours/many", {"case": [chosen], "deed": "close"})
    assert answer.status_code == 409


async def test_a_published_notice_that_says_it_already_answers_in_two_clicks(feedback: FeedbackConsole) -> None:
    reporters = Reporters(feedback)
    filled = await reporters.report("Cliquez ici : 50 Go offerts, mégas gratuits")
    [case] = await reporters.cases()
    user = ClickCounter(feedback.coordinator)
    page = (await user.user.get(f"/rumours/{case.id}")).text
    assert "Mégas gratuits" in page
    page = await user.press(f"/rumours/{case.id}/notice", hidden_fields(page, f"/rumours/{case.id}/notice"))
    await user.press(f"/rumours/{case.id}/answer", hidden_fields(page, f"/rumours/{case.id}/answer"))
    assert user.clicks == 2
    answer = await answer_on_phone(feedback, filled)
    assert answer["page"] == "notices/megas"
    assert "Arnaque" in answer["text"]


async def test_the_bulletin_of_the_week_is_read_from_the_notices(feedback: FeedbackConsole) -> None:
    site = feedback.inbox_site.site
    text = (site.content / "notices/megas/fr.md").read_text()
    changed = (
        text.replace("keywords:", 'updated: "2026-11-22"\nkeywords:')
        + "\n## Que faire maintenant\n\n- [Effacez](guide:compte) le message.\n"
    )
    await site.publish({"notices/megas/fr.md": changed})
    page = (await feedback.coordinator.get("/rumours/bulletin")).text
    for words in ("Mégas gratuits", "Arnaque", "Cliquez ici : 50 Go offerts", "Effacez le message."):
        assert words in html.unescape(page)
    text = (await feedback.coordinator.get("/rumours/bulletin?as=text")).text
    assert text.index("Ce qui est vrai") < text.index("La rumeur") < text.index("- Effacez le message.")
    assert "Mégas" not in (await feedback.coordinator.get("/rumours/bulletin?last=2026-11-01")).text
    assert (await feedback.coordinator.get("/rumours/bulletin?last=demain")).status_code == 400
    assert (await feedback.coordinator.get("/rumours/bulletin?last=0001-01-01")).status_code == 200


async def test_the_month_tells_what_was_answered_and_nobody_s_own_words(feedback: FeedbackConsole) -> None:
    reporters = Reporters(feedback)
    await reporters.report("Moussa Traoré de Kayes dit : 50 Go offerts, cliquez ici, mégas gratuits")
    [case] = await reporters.cases()
    await reporters.decisions.name_notice(case, "notice:megas:fr", "awa")
    [case] = await reporters.cases()
    await reporters.decisions.answer(case, "C’est une arnaque.", "fr", "notices/megas", "awa")
    await feedback.catch_up()
    page = html.unescape((await feedback.coordinator.get("/rumours/month")).text)
    assert "Cliquez ici : 50 Go offerts" in page
    assert "C’est une arnaque." in page
    assert "Moussa" not in page
    assert "arnaque" not in (await feedback.coordinator.get("/rumours/month?month=2026-10")).text


async def test_the_month_tells_no_answer_that_was_written_to_one_person(feedback: FeedbackConsole) -> None:
    reporters = Reporters(feedback)
    first, _second = sorted([await reporters.report(POISON), await reporters.report(POISON)], key=lambda each: each.id)
    own = {
        "text": "Madame Diallo, nous vous appelons.",
        "lang": "fr",
        "date": reporters.decisions.clock().date().isoformat(),
    }
    await reporters.decisions.store.write(Collection.FEEDBACK, [Write(f"answer:{first.id}", own)])
    await feedback.catch_up()
    [case] = await reporters.cases()
    await reporters.decisions.name_notice(case, "notice:megas:fr", "awa")
    [case] = await reporters.cases()
    await reporters.decisions.answer(case, "C’est une arnaque.", "fr", "notices/megas", "awa")
    await feedback.catch_up()
    page = (await feedback.coordinator.get("/rumours/month")).text
    assert "C’est une arnaque." in html.unescape(page) and "Diallo" not in page


async def test_the_worklist_leads_from_a_grave_report_to_its_case_and_forgets_it_once_closed(
    feedback: FeedbackConsole,
) -> None:
    site = feedback.inbox_site.site
    asks = FILES["forms/rumeur.md"].replace("| settings |", RISKS + "\n| settings |")
    asks = asks.replace("|  | date |", "|  | select_multiple risque | risque | Que peut-il arriver ? |  |\n|  | date |")
    await site.publish({"forms/rumeur.md": asks})
    feedback.inbox_site.forms["rumeur"] = Form(compile_markdown("rumeur", asks))
    reporters = Reporters(feedback)
    await reporters.report(POISON)
    filled = await reporters.report(POISON_AGAIN, risque=["violence"])
    [case] = await reporters.cases()
    home = (await feedback.coordinator.get("/")).text
    path = f"/rumours/of/{filled.id}"
    assert f'href="/console{path}"' in home
    answer = await feedback.coordinator.get(path)
    assert answer.headers["location"] == f"/console/rumours/{case.id}"
    answer = await feedback.coordinator.get("/rumours/of/none")
    assert answer.headers["location"] == "/console/feedback/one/none", "what reports no rumour is shown itself"
    await reporters.decisions.close(case, "awa")
    await feedback.catch_up()
    assert path not in (await feedback.coordinator.get("/")).text
