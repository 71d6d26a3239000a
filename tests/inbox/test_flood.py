"""Under flood a public report is let in for a second's work; devices are never asked, and older phones come later."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.inbox.quota import Quota
from server.inbox.work_secret import WORK_SECRET_ID
from sync.store.contract import Collection
from sync.submissions.body_lines import SubmissionLine
from sync.submissions.flood_control import FloodControl
from sync.submissions.proof_of_work import COST, ProofOfWork
from tests.support.inbox_site import RUMOUR_ANSWERS, SITE, VISIT_ANSWERS, InboxSite, submission_ids
from tests.support.phone_simulator import FilledForm, PhoneSimulator

pytestmark = pytest.mark.anyio

FLOOD_LINES = 100  # in a request
FLOOD_PAUSE = 0.3  # seconds between two requests


class CountedQuota(Quota):
    """A quota of so many submissions of the public, whoever sends them, until a test adds some."""

    def __init__(self, tokens: int) -> None:
        super().__init__(lambda: 0.0)
        self.burst = self.tokens = tokens

    def try_take(self, device: str, *_fairness: object) -> int:
        if self.tokens == 0 or device:
            return 60
        self.tokens -= 1
        return 0

    def pressure(self) -> float:
        return 1 - self.tokens / self.burst if self.burst else 1.0


class FloodedInbox:
    """The inbox of a site with quotas of the test, work of a few attempts, and a time that the test sets."""

    def __init__(self, inbox_site: InboxSite, public: Quota, worked: Quota) -> None:
        self.site = inbox_site
        self.form = inbox_site.forms["rumeur"]
        self.service = inbox_site.site.services.inbox
        self.service.node_cache._quota = public
        self.service._worked_quota = worked
        work = ProofOfWork(b"secret", lambda: 0.0, cost=1)
        self.service._inbox.flood_control = FloodControl(work, worked, self.service._is_known)
        self.people = PhoneSimulator(SITE, 1)
        self.strangers = PhoneSimulator(SITE, 2)

    def report(self) -> FilledForm:
        return self.people.fill(self.form, RUMOUR_ANSWERS)

    async def send(self, line: str) -> dict[str, Any]:
        [verdict] = await self.site.send(line)
        return verdict

    async def flood(self) -> None:
        await self.site.send(*(self.strangers.fill(self.form, RUMOUR_ANSWERS).line for _ in range(FLOOD_LINES)))


async def test_beside_one_flooding_client_honest_reports_are_accepted_within_two_tries(inbox_site: InboxSite) -> None:
    now = next_flood = 0.0
    inbox = FloodedInbox(inbox_site, Quota(lambda: now, public=(150, 5.0)), Quota(lambda: now, public=(150, 20.0)))
    tries = []
    for number in range(100):
        now = number * 0.03
        while next_flood <= now:
            await inbox.flood()
            next_flood += FLOOD_PAUSE
        report = inbox.report()
        verdict = await inbox.send(report.line)
        tries.append(1 if verdict["verdict"] == "accepted" else 2)
        if verdict["verdict"] == "later":
            verdict = await inbox.send(report.worked_line(verdict["work"]))
        if verdict["verdict"] != "accepted":
            tries[-1] = 99
    assert sum(count <= 2 for count in tries) >= 99
    assert tries.count(2) > 50, "the flood had used up the public's quota"


async def test_one_solution_lets_in_one_submission_however_often_it_is_sent(inbox_site: InboxSite) -> None:
    inbox = FloodedInbox(inbox_site, CountedQuota(0), CountedQuota(2))
    first, second, third = (inbox.report() for _ in range(3))
    challenges = [(await inbox.send(report.line))["work"] for report in (first, second, third)]
    line = first.worked_line(challenges[0])
    assert {(await inbox.send(line))["verdict"] for _ in range(20)} == {"accepted"}
    stolen = second.line_with(json.loads(line)["work"])
    assert (await inbox.send(stolen))["verdict"] == "later", "another submission's work"
    assert (await inbox.send(second.worked_line(challenges[1])))["verdict"] == "accepted", "the repeats drew nothing"
    assert (await inbox.send(third.worked_line(challenges[2])))["verdict"] == "later", "two were in the bucket"
    assert sorted(await submission_ids(inbox_site)) == sorted([first.id, second.id])


async def test_work_gets_harder_as_those_who_work_become_many(inbox_site: InboxSite) -> None:
    inbox = FloodedInbox(inbox_site, CountedQuota(0), CountedQuota(4))
    costs = []
    for _ in range(4):
        report = inbox.report()
        challenge = (await inbox.send(report.line))["work"]
        costs.append(challenge["parameters"]["cost"])
        assert (await inbox.send(report.worked_line(challenge)))["verdict"] == "accepted"
    assert costs == [1, 2, 4, 8]


async def test_a_phone_that_knows_no_work_is_told_later_and_let_in_after_the_flood(inbox_site: InboxSite) -> None:
    public = CountedQuota(0)
    inbox = FloodedInbox(inbox_site, public, CountedQuota(10))
    report = inbox.report()
    for _ in range(10):
        verdict = await inbox.send(report.line)
        assert (verdict["verdict"], verdict["code"]) == ("later", "quota")
        assert verdict["seconds"] >= 1
    assert await submission_ids(inbox_site) == []
    public.tokens = 1
    assert (await inbox.send(report.line))["verdict"] == "accepted"


async def test_no_device_no_batch_and_no_bundle_is_asked_for_work(inbox_site: InboxSite) -> None:
    phone = await inbox_site.enrolled()
    inbox = FloodedInbox(inbox_site, CountedQuota(0), CountedQuota(10))
    signed = phone.fill(inbox_site.forms["visite"], VISIT_ANSWERS)
    verdicts = [await inbox.send(signed.line), *await inbox_site.send(inbox.report().line, inbox.report().line)]
    bundled = await inbox.service.receive([SubmissionLine(inbox.report().text, "")], "bundle")
    assert {verdict["verdict"] for verdict in verdicts} | {bundled[0].verdict} == {"later"}
    assert not any("work" in verdict for verdict in [*verdicts, bundled[0].details])


async def test_a_solution_in_a_batch_or_of_a_device_is_not_even_looked_at(inbox_site: InboxSite) -> None:
    phone = await inbox_site.enrolled()
    inbox = FloodedInbox(inbox_site, CountedQuota(0), CountedQuota(10))
    report, signed = inbox.report(), phone.fill(inbox_site.forms["visite"], VISIT_ANSWERS)
    line = report.worked_line((await inbox.send(report.line))["work"])
    verdicts = await inbox_site.send(line, line)
    assert [verdict["verdict"] for verdict in verdicts] == ["later", "later"]
    assert (await inbox.send(signed.line_with(json.loads(line)["work"])))["verdict"] == "later"
    assert (await inbox.send(line))["verdict"] == "accepted"


async def test_an_enrolled_device_is_let_in_by_its_own_quota_during_a_flood(inbox_site: InboxSite) -> None:
    phone = await inbox_site.enrolled()
    FloodedInbox(inbox_site, Quota(lambda: 0.0, public=(0.5, 0.001)), CountedQuota(1))
    [verdict] = await inbox_site.send(phone.fill(inbox_site.forms["visite"], VISIT_ANSWERS).line)
    assert verdict["verdict"] == "accepted"


async def test_the_secret_is_made_before_the_quota_ends_and_never_on_a_calm_site(inbox_site: InboxSite) -> None:
    store = inbox_site.site.services.store
    inbox = FloodedInbox(inbox_site, CountedQuota(10), CountedQuota(10))
    inbox.service._inbox.flood_control = None
    for _ in range(3):
        await inbox.send(inbox.report().line)
    assert await store.get(Collection.JOURNAL, WORK_SECRET_ID) is None
    verdicts = [await inbox.send(inbox.report().line) for _ in range(8)]
    assert [verdict["verdict"] for verdict in verdicts] == ["accepted"] * 7 + ["later"]
    assert verdicts[-1]["work"]["parameters"]["cost"] == COST
    assert await store.get(Collection.JOURNAL, WORK_SECRET_ID)


async def test_work_that_is_none_changes_nothing(inbox_site: InboxSite) -> None:
    works: list[Any] = [None, 5, "x", [], {}, {"challenge": {}}, {"challenge": 1, "solution": 2}]
    inbox = FloodedInbox(inbox_site, CountedQuota(len(works)), CountedQuota(10))
    for verdict, code in (("accepted", None), ("later", "quota")):  # on a calm day, and under flood
        for work in works:
            judged = await inbox.send(inbox.report().line_with(work))
            assert (judged["verdict"], judged.get("code")) == (verdict, code), work
