"""The outbox: each form arrives once, over a breaking link or by couriers, and anonymous reports stay anonymous."""

from __future__ import annotations

import asyncio
import base64
import datetime
import gzip
import json
import random
import re
import string
import time
from collections import Counter
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from server.rumours.case_decisions import CaseDecisions
from server.services import Services
from sync.canonical import canonical
from sync.submissions.proof_of_work import ProofOfWork
from sync.submissions.record_ids import submission_id_of
from sync.submissions.sealing import open_answers
from sync.submissions.submission import parse_submission
from tests.support import chromium_profile
from tests.support.bad_days import BadDay
from tests.support.browser_form_site import (
    FormSite,
    begin_form,
    enrol,
    fill_visit,
    finish_form,
    tap_next,
    tap_send,
    write_png,
)
from tests.support.chromium import PhoneFactory, wait_until_offline_ready
from tests.support.mobile_link import MobileLink

KEPT_OF_RUMOURS = {
    "submission": {"text", "signature", "carrier"},
    "handling": {"state", "who"},
    "answer": {"text", "lang", "date", "page"},
    "rumour-member": {"case"},
    "rumour-case": {"level", "notice", "state", "decisions"},
}
SEND_PATIENCE = 60.0  # seconds until a form is received over a link that breaks every other request


def arrive(page: Page, site: FormSite, link: MobileLink, enrolled: bool = True) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    if enrolled:
        enrol(page, link.url, site.code())


def held(site: FormSite) -> dict[str, dict[str, Any]]:
    """The submissions stored by the site, by id."""
    return {submission_id_of(record.id): json.loads(record.body["text"]) for record in site.records("submission:")}


def displayed_states(page: Page) -> dict[str, str]:
    """The state of each finished form in the page's list, by code; read in one evaluation, since the list is
    redrawn.
    """
    read_rows = "rows => rows.map(({dataset}) => [dataset.code, dataset.state])"
    rows: list[tuple[str, str]] = page.locator("main [data-state]").evaluate_all(read_rows)
    return dict(rows)


def states(page: Page, link: MobileLink) -> dict[str, str]:
    """The state of each finished form on this phone, by code."""
    page.goto(f"{link.url}/fr-ML/forms")
    page.locator("main [data-state]").first.wait_for()
    return displayed_states(page)


def send_until_received(page: Page, count: int) -> None:
    """Tap "send" until the list shows `count` forms, all received."""
    deadline = time.monotonic() + SEND_PATIENCE
    while Counter(displayed_states(page).values()) != {"received": count}:
        assert time.monotonic() < deadline, displayed_states(page)
        tap_send(page)
        expect(page.locator("main [role=status]").first).not_to_have_text("J’envoie…", timeout=20_000)
        page.wait_for_timeout(200)


def test_what_was_filled_offline_arrives_once_over_a_link_cut_at_random(
    site: FormSite, link: MobileLink, page: Page, tmp_path: Path, bad_day: BadDay
) -> None:
    size = (300, 200) if bad_day.kind == "room" else (900, 700)  # four photos fit into the last megabyte
    arrive(page, site, link)
    before = held(site)
    link.down = True
    words = {f"Parole {number} ɛ": (number, number + 3) for number in range(4)}
    for number, (word, children) in enumerate(words.items()):
        begin_form(page, link.url, "visite")
        fill_visit(page, word, children, write_png(tmp_path / f"{number}.png", *size))
        finish_form(page)
    chance = random.Random(5)
    link.fate = lambda path: chance.choice(("", "lost", "unheard", "")) if path.startswith("/inbox") else ""
    link.down = False
    page.goto(f"{link.url}/fr-ML/forms")
    send_until_received(page, len(words))
    assert set(states(page, link).values()) == {"received"}
    new = {id: value for id, value in held(site).items() if id not in before}
    assert sorted(value["answers"]["mot"] for value in new.values()) == sorted(words), "each once"
    for value in new.values():
        children = words[value["answers"]["mot"]]
        assert value["answers"]["enfants"] == [{"prenom": f"Enfant de {age} ans", "ans": age} for age in children]
        assert value["answers"]["somme"] == str(sum(children))
        assert value["answers"]["region"] == value["place"] == "ML-1"
        assert value["files"][0][2] == "image/jpeg"


def test_two_couriers_carry_what_they_cannot_change_and_bring_receipts_home(
    site: FormSite, link: MobileLink, phones: PhoneFactory, tmp_path: Path
) -> None:
    awa, ali, binta = (phones(accept_downloads=True).new_page() for _ in range(3))
    arrive(awa, site, link)
    arrive(ali, site, link)
    arrive(binta, site, link)
    before = set(held(site))
    link.down = True
    for word, slug in (("Porté par deux", "visite"), ("Lu par personne", "scellee")):
        begin_form(awa, link.url, slug)
        fill_visit(awa, word, (4,))
        finish_form(awa)
    bundle = download(awa, link, "waiting", tmp_path / "bundle.txt")
    altered = tmp_path / "altered.txt"
    altered.write_text(with_body(bundle.read_text("utf-8"), lambda body: body.replace(b"deux", b"tous")), "utf-8")
    assert b"Lu par personne" not in body_of(bundle.read_text("utf-8"))
    assert "Porté par deux".encode() in body_of(bundle.read_text("utf-8")), (
        "the control: what is not sealed is found there"
    )
    for page, file in ((ali, bundle), (binta, bundle), (binta, altered)):
        page.goto(f"{link.url}/fr-ML/forms")
        page.locator("summary", has_text="Pas de réseau").click()
        page.set_input_files("#bundle", file)
        expect(page.locator("main [role=status]").first).to_contain_text("Fiches prises")
    link.down = False
    for page in (ali, binta):
        page.reload()
        page.locator("summary", has_text="Pas de réseau").wait_for()
        tap_send(page)
        expect(page.locator("main")).not_to_contain_text("porte des fiches d’autres personnes")
    link.down = True
    new = {id: value for id, value in held(site).items() if id not in before}
    assert len(new) == 2, "one count each, the altered one refused"
    assert [value["answers"]["mot"] for value in new.values() if "answers" in value] == ["Porté par deux"]
    [sealed] = [value for value in new.values() if "sealed" in value]
    for key in site.keys:
        assert open_answers(key, parse_submission(canonical(sealed).decode())).answers["mot"] == "Lu par personne"
    receipts = download(ali, link, "receipts", tmp_path / "receipts.txt")
    awa.goto(f"{link.url}/fr-ML/forms")
    awa.locator("summary", has_text="Pas de réseau").click()
    awa.set_input_files("#bundle", receipts)
    expect(awa.locator("main [role=status]").first).to_contain_text("2 de vos fiches sont reçues")
    assert set(states(awa, link).values()) == {"received"}
    words = {word for word, _ in chromium_profile.find_words(site.data.parent, ("Lu par personne", "Porté par deux"))}
    assert words == {"Porté par deux"}, (
        "nothing of the sealed answers lies in the site’s files and logs; the control does"
    )


def download(page: Page, link: MobileLink, what: str, into: Path) -> Path:
    page.goto(f"{link.url}/fr-ML/forms")
    page.locator("summary", has_text="Pas de réseau").click()
    with page.expect_download() as coming:
        page.locator(f"[data-share={what}]").click()
    coming.value.save_as(into)
    return into


def body_of(text: str) -> bytes:
    lines = [line for line in text.splitlines()[1:] if not line.startswith("#")]
    return gzip.decompress(base64.b64decode("".join(lines)))


def with_body(text: str, change: Any) -> str:
    packed = base64.b64encode(gzip.compress(change(body_of(text)))).decode()
    return f"{text.splitlines()[0]}\n{packed}\n"


def test_a_tap_under_a_guide_is_kept_offline_and_leaves_alone_and_nameless(
    site: FormSite, link: MobileLink, page: Page
) -> None:
    arrive(page, site, link, enrolled=False)
    before = set(held(site))
    link.down = True
    page.goto(f"{link.url}/fr-ML/guides/compte")
    page.locator("main button", has_text="Oui").click()
    expect(page.locator("main")).to_contain_text("Merci")
    page.goto(f"{link.url}/fr-ML/guides/argent")
    page.locator("main button", has_text="Non").click()
    expect(page.locator("main")).to_contain_text("Merci")
    link.down = False
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request) if "/inbox" in request.url else None)
    page.goto(f"{link.url}/fr-ML/forms")
    page.wait_for_timeout(1_000)
    assert requests == [], "it leaves at a moment of its own, not when the person is there"
    page.locator("main [data-state=waiting] summary").first.click()
    page.locator("main [data-state=waiting] button", has_text="Envoyer maintenant").first.click()
    expect(page.locator("main [data-state=received]")).to_have_count(1)
    [request] = requests
    assert {"cookie", "authorization", "referer"}.isdisjoint(request.all_headers())
    assert list(sent_line(request)) == ["submission"]
    assert len(request.post_data_buffer or b"") == 1024, "one of the few lengths of bodies"
    [submission] = [value for id, value in held(site).items() if id not in before]
    assert sorted(submission) == ["answer", "answers", "day", "form", "lang", "nonce", "place", "site", "v", "version"]
    assert submission["answers"]["page"].startswith("guides/")


def test_two_phones_that_reported_a_rumour_offline_see_the_answer_and_nothing_kept_links_them(
    site: FormSite, link: MobileLink, phones: PhoneFactory
) -> None:
    pages = {unheard_words(): phones().new_page() for _ in range(2)}
    earlier, known = held(site), {record.id for record in site.records("")}
    for page in pages.values():
        arrive(page, site, link, enrolled=False)
    link.down = True
    for words, page in pages.items():
        begin_form(page, link.url, "rumeur")
        page.fill("form.sheet textarea, form.sheet input", words)
        tap_next(page)
        tap_next(page)
        finish_form(page)
    link.down = False
    for page in pages.values():
        page.goto(f"{link.url}/fr-ML/forms")
        page.locator("main [data-state=waiting] summary").first.click()
        page.locator("main [data-state=waiting] button", has_text="Envoyer maintenant").first.click()
        expect(page.locator("main [data-state=received]")).to_have_count(1)
    reports = {id: value for id, value in held(site).items() if id not in earlier}
    assert {value["answers"]["message"] for value in reports.values()} == pages.keys()

    site.run(partial(join_and_answer, reports))
    for page in pages.values():
        context = page.context
        page.close()
        later = context.new_page()
        later.clock.install(time=datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=2))
        later.goto(f"{link.url}/fr-ML/forms")
        expect(later.locator("main")).to_contain_text("Répondu le")

    kept = [record for record in site.records("") if record.id not in known]
    assert {record.id.partition(":")[0] for record in kept} == KEPT_OF_RUMOURS.keys()
    for record in kept:
        assert set(record.body) <= KEPT_OF_RUMOURS[record.id.partition(":")[0]], "no address, browser or time of day"
        assert sum(report in f"{record.id} {record.body}" for report in reports) < 2, "no record names both"
    own = [{key: reports[id][key] for key in ("nonce", "answer")} for id in reports]
    assert all(own[0][key] != own[1][key] for key in own[0])


def unheard_words() -> str:
    """A rumour that is like none of another day of this story."""
    return " ".join("".join(random.choices(string.ascii_lowercase, k=9)) for _ in range(4))


async def join_and_answer(reports: Collection[str], services: Services) -> None:
    """Decide as a coordinator: both are one rumour, which one notice answers."""
    await services.current_editions.load()
    await services.inbox.node_cache.ensure_loaded()
    decisions = CaseDecisions(services.store, services.rumour_desk, services.clock)
    cases = [
        case for case in await services.rumour_desk.list_cases() if any(report.id in reports for report in case.reports)
    ]
    assert len(cases) == len(reports)
    id = await decisions.join(cases, "awa")
    case = await services.rumour_desk.get_case(id)
    assert await decisions.answer(case, "C’est faux.", "fr", "notices/megas", "awa") == len(reports)


def test_a_report_gets_into_a_flooded_inbox_for_the_phones_work(site: FormSite, link: MobileLink, page: Page) -> None:
    arrive(page, site, link, enrolled=False)
    work = ProofOfWork(b"secret", time.time)
    lines: list[dict[str, Any]] = []

    def answer(route: Route) -> None:
        """Answer the first request as a flooded inbox does; the site takes the second."""
        lines.append(sent_line(route.request))
        submission = parse_submission(lines[-1]["submission"])
        challenge = work.make_challenge(submission, 0)
        later = {"id": submission.id, "verdict": "later", "code": "quota", "seconds": 1, "work": challenge}
        if len(lines) == 1:
            route.fulfill(body=json.dumps(later) + "\n", content_type="application/x-ndjson")
        else:
            route.continue_()

    page.route(re.compile("/inbox$"), answer)
    page.goto(f"{link.url}/fr-ML/guides/compte")
    page.locator("main button", has_text="Oui").click()
    expect(page.locator("main")).to_contain_text("Merci")
    page.goto(f"{link.url}/fr-ML/forms")
    page.locator("main [data-state=waiting] summary").first.click()
    page.locator("main [data-state=waiting] button", has_text="Envoyer maintenant").first.click()
    expect(page.locator("main [data-state=received]")).to_have_count(1)
    assert [sorted(line) for line in lines] == [["submission"], ["submission", "work"]]
    solved = work.is_solved(parse_submission(lines[1]["submission"]), lines[1]["work"])
    with ThreadPoolExecutor() as beside_playwright:
        assert beside_playwright.submit(asyncio.run, solved).result()


def sent_line(request: Request) -> dict[str, Any]:
    """The only line of a request to the inbox."""
    [line] = gzip.decompress(request.post_data_buffer or b"").splitlines()
    value: dict[str, Any] = json.loads(line)
    return value


def test_a_form_is_withdrawn_by_who_sent_it(site: FormSite, link: MobileLink, page: Page) -> None:
    arrive(page, site, link)
    begin_form(page, link.url, "visite")
    fill_visit(page, "À retirer")
    code = finish_form(page)
    expect(page.locator("main")).to_contain_text("Reçue.")
    page.goto(f"{link.url}/fr-ML/forms")
    page.locator(f"[data-code='{code}'] summary").click()
    page.locator("main button", has_text="Retirer ce que j’ai envoyé").click()
    page.locator("main button", has_text="Oui, tout faire effacer").click()
    expect(page.locator("main [role=status]").first).to_contain_text("Tout est effacé")
    assert all(value.get("answers", {}).get("mot") != "À retirer" for value in held(site).values())


@pytest.mark.spared(
    "room", "the form's photo takes the last room, the worker's copy finds none; the next page sends it"
)
def test_the_worker_sends_what_waits_when_no_page_is_there(
    site: FormSite, link: MobileLink, page: Page, tmp_path: Path
) -> None:
    arrive(page, site, link)
    registrations: list[str] = []
    session = page.context.new_cdp_session(page)

    def note(event: dict[str, Any]) -> None:
        registrations.extend(registration["registrationId"] for registration in event["registrations"])

    session.on("ServiceWorker.workerRegistrationUpdated", note)
    session.send("ServiceWorker.enable")
    link.down = True
    begin_form(page, link.url, "visite")
    fill_visit(page, "Envoyé la nuit", (9,), write_png(tmp_path / "photo.png", 900, 700))
    code = finish_form(page)
    expect(page.locator("main")).to_contain_text("Pas encore reçue")
    page.goto("about:blank")
    link.down = False
    origin = f"{link.url}/"
    wake = {"origin": origin, "registrationId": registrations[-1], "tag": "outbox", "lastChance": False}
    session.send("ServiceWorker.dispatchSyncEvent", wake)
    for _ in range(100):
        if link.asked.count("/inbox") >= 3:
            break
        page.wait_for_timeout(200)
    assert any(value.get("answers", {}).get("mot") == "Envoyé la nuit" for value in held(site).values())
    page.goto(f"{link.url}/fr-ML/forms")
    expect(page.locator(f"[data-code='{code}'][data-state=received]")).to_have_count(1)
