"""Briefs for people who decide: written by one person, frozen by another, two pages of A4 without a small number."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook

from server.accounts.account import Role
from server.console.briefs.labels import FIGURES
from server.console.briefs.tables import BriefTable, write_workbook
from server.push.fanout_records import Shard
from server.reader.published_notices import PublishedNotices
from server.statistics.brief import MAX_ASK, MAX_ASKS, MAX_HEADLINE, BriefRequest
from server.statistics.brief_content import MAX_DONE
from server.statistics.report_history import ReportList
from server.web.app_build import AppBuild
from server.web.assets import AppFiles
from server.web.pdf_printer import PdfPrinter, count_pages
from sync.alerts.alert import AlertInfo
from sync.content.schemas import to_fields
from sync.notices.claim_review import ReviewedNotice
from sync.statistics.suppression import SMALLEST_SHOWN
from sync.store.contract import Collection, Store, Write
from tests.support.console_client import ConsoleSite, ConsoleUser, running_console_site
from tests.support.content_folder import GOOD
from tests.support.generated_reports import generated_reports
from tests.support.recommendation_decisions import save_recommendation
from tests.support.repository import ROOT
from tests.support.sample_alerts import ALERT

pytestmark = pytest.mark.anyio

WORDS = {
    "headline-fr": "Le Bani monte. Des gens partent. Ouvrez les écoles.",
    "what-0": "Ouvrir",
    "whom-0": "La mairie",
}


@pytest.fixture
async def console_site(tmp_path: Path) -> AsyncIterator[ConsoleSite]:
    """A site with all regions of Mali."""
    mali = {"places/ML.yaml": (ROOT / "content/places/ML.yaml").read_text("utf-8")}
    async with running_console_site(tmp_path, {**GOOD, **mali}) as running:
        yield running


@pytest.fixture
def reports(console_site: ConsoleSite, monkeypatch: pytest.MonkeyPatch) -> ReportList:
    """10,000 reports of half a year, which the site shows in place of its own."""
    generated = generated_reports(console_site.site.clock().date())

    async def load() -> ReportList:
        return generated

    monkeypatch.setattr(console_site.site.services.report_history, "load", load)
    return generated


async def written_brief(site: ConsoleSite) -> tuple[ConsoleUser, ConsoleUser]:
    """A draft with the number 1; its writer, and another coordinator."""
    writer, reader = await site.person(Role.COORDINATOR, "fanta"), await site.person(Role.COORDINATOR, "awa")
    assert (await writer.post("/briefs/new")).headers["location"] == "/console/briefs/1/edit"
    assert (await writer.decide("/briefs/1/edit", WORDS)).status_code == 303
    return writer, reader


async def test_a_second_person_freezes_what_stands_there_and_it_stays(
    console_site: ConsoleSite, reports: ReportList, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, reader = await written_brief(console_site)
    own = await writer.post("/briefs/1/freeze", {"seen": await _seen(reader)})
    assert own.status_code == 422 and "Une autre personne" in own.text
    before = _article(await _page(reader, "/briefs/1"))
    assert (await reader.decide("/briefs/1/freeze")).status_code == 303

    async def load() -> ReportList:
        return ReportList(reports.reports[:100], reports.weekly_forms)

    monkeypatch.setattr(console_site.site.services.report_history, "load", load)
    analyst = await console_site.person(Role.ANALYST)
    after = _article(await _page(analyst, "/briefs/1"))
    assert _tables(before) == _tables(after) and "Relue et figée par awa" in after.text and "fanta répond" in after.text
    assert (await writer.post("/briefs/1/edit", WORDS)).status_code == 409
    english = _article(await _page(analyst, "/briefs/1?lang=en"))
    assert _tables(english)[0] == _tables(after)[0] and "October 5, 2026" in english.text


async def test_nobody_who_wrote_in_a_brief_freezes_it(console_site: ConsoleSite, reports: ReportList) -> None:
    writer, reader = await written_brief(console_site)
    assert (await reader.decide("/briefs/1/edit", {**WORDS, "whom-0": "La préfecture"})).status_code == 303
    third = await console_site.person(Role.COORDINATOR, "binta")
    seen = await _seen(third)
    for person in (writer, reader):
        assert 'action="/console/briefs/1/freeze"' not in (await person.get("/briefs/1")).text
        assert (await person.post("/briefs/1/freeze", {"seen": seen})).status_code == 422
    assert (await third.decide("/briefs/1/freeze")).status_code == 303


async def test_a_chosen_notice_that_is_withdrawn_is_told_and_never_dropped(
    console_site: ConsoleSite, reports: ReportList, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = console_site.site.services
    await services.publisher.publish(console_site.site.keys)
    await services.current_editions.load()
    writer, reader = await written_brief(console_site)
    [notice, *_others] = await services.published_notices.list()
    slug = notice.notice.slug
    assert (await writer.decide("/briefs/1/edit", {**WORDS, "notice-0": slug})).status_code == 303
    assert 'action="/console/briefs/1/freeze"' in (await reader.get("/briefs/1")).text

    async def list_none(notices: PublishedNotices) -> list[ReviewedNotice]:
        return []

    monkeypatch.setattr(PublishedNotices, "list", list_none)
    page = (await reader.get("/briefs/1")).text
    assert f"ne sont plus publiées : {slug}" in page and 'action="/console/briefs/1/freeze"' not in page
    form = await _page(writer, "/briefs/1/edit")
    chosen = form.select_one("#f-notice-0 option[selected]")
    assert chosen and chosen["value"] == slug and form.select_one("#e-notice-0")
    assert (await writer.decide("/briefs/1/edit", {**WORDS, "notice-0": slug})).status_code == 422
    assert list((await services.briefs.get(1)).notices) == [slug]
    assert (await writer.decide("/briefs/1/edit", {**WORDS, "notice-0": ""})).status_code == 303


async def test_an_analyst_sees_no_draft(console_site: ConsoleSite) -> None:
    writer, _ = await written_brief(console_site)
    assert "Note n° 1" in (await writer.get("/briefs")).text
    analyst = await console_site.person(Role.ANALYST)
    assert "Note n° 1" not in (await analyst.get("/briefs")).text
    for path in ("/briefs/1", "/briefs/1/pdf", "/briefs/1?as=text"):
        assert (await analyst.get(path)).status_code == 404


async def test_every_figure_has_n_period_and_source_and_none_is_small(
    console_site: ConsoleSite, reports: ReportList
) -> None:
    _writer, reader = await written_brief(console_site)
    article = _article(await _page(reader, "/briefs/1"))
    [requests, figures, places, risks] = article.select("table")
    assert "La mairie" in requests.text and "Du 5 octobre 2026 au 1er novembre 2026" in article.text
    rows = [[cell.text for cell in row.select("th,td")] for row in figures.select("tbody tr")]
    assert [row[0] for row in rows] == [label for label, _source in FIGURES.values()]
    assert all(all(row) for row in rows), "a figure lacks its n, its source or how sure it is"
    numbers = [
        int(re.sub(r"\D", "", cell.text) or 0) for table in (figures, places, risks) for cell in table.select("td")
    ]
    assert len(numbers) > 120 and not any(0 < number < 5 for number in numbers)
    text = (await reader.get("/briefs/1?as=text")).text
    assert "Le Bani monte." in text and "à La mairie : Ouvrir" in text and "fanta répond" in text


async def test_its_tables_say_what_its_pages_show_and_explain_each_column(
    console_site: ConsoleSite, reports: ReportList
) -> None:
    _writer, reader = await written_brief(console_site)
    [_requests, _figures, places, risks] = _article(await _page(reader, "/briefs/1")).select("table")
    archive = zipfile.ZipFile(io.BytesIO((await reader.get("/briefs/1/tables")).content))
    tables = {
        name.removesuffix(".csv"): list(csv.DictReader(archive.read(name).decode("utf-8-sig").splitlines()))
        for name in archive.namelist()
    }
    assert list(tables) == ["figures", "places", "risks", "dictionary"]
    assert {each.compress_type for each in archive.infolist()} == {zipfile.ZIP_DEFLATED}
    explained = {(row["file"], row["column"]) for row in tables["dictionary"] if row["meaning"]}
    assert explained == {
        (f"{name}.csv", column) for name, rows in tables.items() if name != "dictionary" for column in rows[0]
    }
    weeks = sorted({row["week"] for row in tables["places"]})[-4:]
    exported = [
        ["·" if row["hidden"] == "1" else row["count"] for row in tables["places"] if row["week"] == week]
        for week in weeks
    ]
    shown = [[re.sub(r"[^0-9·]", "", cell.text) for cell in row.select("td")] for row in places.select("tbody tr")]
    assert [list(column) for column in zip(*shown, strict=True)] == exported
    assert len(tables["risks"]) == sum(len(row.select("td")) for row in risks.select("tbody tr")[:-1])
    counts = [row["count"] for name in ("places", "risks") for row in tables[name]]
    assert "" in counts and not any(0 < int(count) < SMALLEST_SHOWN for count in counts if count)
    workbook = load_workbook(io.BytesIO((await reader.get("/briefs/1/tables?kind=xlsx")).content))
    assert workbook.sheetnames == list(tables) and workbook["places"].max_row == len(tables["places"]) + 1
    assert (await (await console_site.person(Role.ANALYST)).get("/briefs/1/tables")).status_code == 404, "a draft"


def test_a_name_in_a_workbook_of_figures_is_never_a_formula() -> None:
    book = load_workbook(io.BytesIO(write_workbook([BriefTable("places", [["name"], ["=1+1"]])])))
    assert [(cell.value, cell.data_type) for cell in book["places"]["A"]] == [("name", "s"), ("=1+1", "s")]


async def test_the_longest_brief_prints_on_two_pages(console_site: ConsoleSite, reports: ReportList) -> None:
    writer, _reader = await written_brief(console_site)
    site = console_site.site
    site.app.state.app_files = AppFiles(AppBuild.read(ROOT / "pwa/dist"))
    briefs = site.services.briefs
    request = BriefRequest("Ouvrir l’école. " * (MAX_ASK // 16), "Le maire", "2026-12-01", "Oui. " * (MAX_ASK // 5))
    draft = dataclasses.replace(
        await briefs.get(1), headline={"fr": "Il pleut. " * (MAX_HEADLINE // 10)}, requests=[request] * MAX_ASKS
    )
    await briefs.save(draft, "fanta", "Fanta")
    for number in range(MAX_DONE):
        await save_sent_alert(
            site.services.store, f"crue-{number}", "Le Bani monte, quittez les rives avant ce soir", {"delivered": 1234}
        )
    answer = await writer.get("/briefs/1/pdf")
    assert answer.headers["content-type"] == "application/pdf", answer.text
    assert count_pages(answer.content) == 2


async def test_phones_that_an_alert_reached_are_told_and_kept(console_site: ConsoleSite, reports: ReportList) -> None:
    store = console_site.site.services.store
    await save_sent_alert(store, "crue", "Le Bani monte", {"delivered": 1200, "gone": 34})
    await save_sent_alert(store, "pluie", "Il va pleuvoir", {"delivered": 90, "refused": 2})
    await save_sent_alert(store, "vent", "Le vent se lève", None)
    _writer, reader = await written_brief(console_site)
    assert (await reader.decide("/briefs/1/freeze")).status_code == 303
    await save_sent_alert(store, "tard", "Trop tard", {"delivered": 10})
    done = [
        re.sub(r"\s", " ", entry.text) for entry in _article(await _page(reader, "/briefs/1")).select(".columns li")
    ]
    assert "Alerte : Le Bani monte (12 octobre 2026), remise à 1 200 téléphones" in done
    assert "Alerte : Il va pleuvoir (12 octobre 2026), remise à · téléphones" in done, "two would be told by the rest"
    assert "Alerte : Le vent se lève (12 octobre 2026)" in done and not any("Trop tard" in line for line in done)
    assert "1,200 téléphones" in (await _page(reader, "/briefs/1?lang=en")).text, "numbers of the brief's language"


async def test_a_brief_asks_for_chosen_recommendations_also_on_the_radio_and_keeps_them(
    console_site: ConsoleSite, reports: ReportList
) -> None:
    store = console_site.site.services.store
    answer = {"day": "2026-11-20", "words": "Nous l’afficherons.", "letter": "2026-11-19"}
    sent = [{"to": "Mairie de Ségou", "day": "2026-11-02", "answer": answer}]
    await save_recommendation(store, deadline="2027-03-01", sent=sent)
    writer, reader = await written_brief(console_site)
    chosen = {**WORDS, "recommendation-0": "affiche"}
    assert (await writer.decide("/briefs/1/edit", chosen)).status_code == 303
    assert (await reader.decide("/briefs/1/freeze")).status_code == 303
    await save_recommendation(store, title="Autre chose")
    requests = _article(await _page(reader, "/briefs/1")).select("table")[0].text
    for words in ("La mairie", "Afficher les bureaux", "1er mars 2027", "Mairie de Ségou : Nous l’afficherons."):
        assert words in requests, words
    radio = (await reader.get("/briefs/1?as=text")).text
    assert "à Mairie : Afficher les bureaux. Avant le 1er mars 2027." in radio and "Autre chose" not in radio


async def test_requests_and_recommendations_together_fit_the_two_pages(
    console_site: ConsoleSite, reports: ReportList
) -> None:
    await save_recommendation(console_site.site.services.store)
    writer, _reader = await written_brief(console_site)
    full = {f"{name}-{row}": "x" for name in ("what", "whom") for row in range(MAX_ASKS)}
    answer = await writer.decide("/briefs/1/edit", {**WORDS, **full, "recommendation-0": "affiche"})
    assert answer.status_code == 422 and f"{MAX_ASKS} demandes au plus" in answer.text
    assert (await console_site.site.services.briefs.get(1)).recommendations == ()


async def test_without_chromium_people_print_the_page(
    console_site: ConsoleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, _reader = await written_brief(console_site)
    monkeypatch.setattr(console_site.site.app.state, "pdf_printer", PdfPrinter(None))
    assert "imprimez cette page" in (await writer.get("/briefs/1")).text
    assert (await writer.get("/briefs/1/pdf")).status_code == 503


async def save_sent_alert(store: Store, slug: str, headline: str, counts: dict[str, int] | None = None) -> None:
    """Store an alert as if it had been sent in the brief's weeks; `counts`: phones by delivery status."""
    alert = dataclasses.replace(
        ALERT, slug=slug, sent="2026-10-12T08:00:00Z", info={"fr": AlertInfo(headline, "x", "Crue")}
    )
    body = {"kind": "alert", "fields": to_fields("alert", alert)}
    await store.write(Collection.CONTENT, [Write(f"alert:{slug}", body)])
    if counts is not None:
        await store.write(Collection.PUSH, [Shard(slug, "A", done=True, counts={"fr": counts}).as_write])


async def _seen(person: ConsoleUser) -> str:
    form = await person.read_form("/briefs/1/freeze", {})
    assert form
    return form.given["seen"][0]


async def _page(person: ConsoleUser, path: str) -> BeautifulSoup:
    answer = await person.get(path)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def _article(page: BeautifulSoup) -> BeautifulSoup:
    article = page.select_one("article.brief")
    assert article
    return BeautifulSoup(str(article), "html.parser")


def _tables(article: BeautifulSoup) -> list[list[str]]:
    return [[cell.text for cell in table.select("td")] for table in article.select("table.figures")]
