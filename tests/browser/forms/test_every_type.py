"""A form with every type of question, from three languages on one phone to a table on the coordinator's desk."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path

import openpyxl
from playwright.sync_api import FilePayload, Page, Playwright, expect

from sync.store.contract import Record
from sync.submissions.record_ids import submission_id_of
from sync.submissions.submission import receipt_code
from tests.support import chromium_process
from tests.support.browser_form_site import (
    FormSite,
    begin_form,
    expect_question,
    finish_form,
    open_and_enrol,
    tap_next,
    tap_send,
    write_png,
)
from tests.support.browser_site import run_site_command
from tests.support.chromium import PhoneFactory, wait_until_offline_ready
from tests.support.mobile_link import MobileLink

SOUND = b"\x1aE\xdf\xa3" + bytes(2_000)
FIELD = ((12.65, -8.00), (12.66, -8.00), (12.66, -8.01))


def test_every_answer_survives_from_the_phone_without_network_to_the_table(
    site: FormSite, link: MobileLink, phones: PhoneFactory, playwright: Playwright, tmp_path: Path, root: Path
) -> None:
    folder = tmp_path / "profile"
    folder.mkdir()
    with chromium_process.running_chromium(playwright, folder) as phone:
        page = prepared(phone.page)
        open_and_enrol(page, site, link)
        page.context.set_offline(True)
        begin_form(page, link.url, "tout")
        page.get_by_label("Langue des questions").select_option("bm")
        page.get_by_label("I tɔgɔ ?").fill("Zeinabou")
        page.get_by_label("Langue des questions").select_option("ff")
        expect(page.get_by_label("Innde maa ?")).to_have_value("Zeinabou")
        page.get_by_label("Langue des questions").select_option("fr")
        page.get_by_label("Votre âge ?").fill("41")
        page.get_by_label("Son poids ?").fill("61,5")
        expect(page.locator("form.sheet")).to_contain_text("Gardé sur ce téléphone")
        phone.kill()
    with chromium_process.running_chromium(playwright, folder) as phone:
        page = prepared(phone.page)
        page.context.set_offline(True)
        page.goto(f"{link.url}/fr-ML/forms")
        page.locator("main a", has_text="Zeinabou, 41").click()
        expect(page.get_by_label("Son poids ?")).to_have_value("61.5")
        fill_the_rest(page, tmp_path)
        page.locator(".answers").get_by_role("button", name="Votre âge ?").click()
        page.get_by_label("Votre âge ?").fill("42")
        page.locator("button", has_text="Revenir à la relecture").click()
        expect(page.locator(".answers")).to_contain_text("Zeinabou")
        code = finish_form(page)
        page.goto(f"{link.url}/fr-ML/forms")
        page.locator("summary", has_text="Pas de réseau").click()
        with page.expect_download() as coming:
            page.locator("[data-share=waiting]").click()
        coming.value.save_as(tmp_path / "fiches.txt")
        entry = page.locator(f"[data-code='{code}']")
        entry.locator("summary").click()
        expect(entry.get_by_role("link", name=re.compile("^Lire$"))).to_be_visible()
    courier = phones().new_page()
    courier.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(courier)
    courier.goto(f"{link.url}/fr-ML/forms")
    courier.locator("summary", has_text="Pas de réseau").click()
    courier.set_input_files("#bundle", tmp_path / "fiches.txt")
    expect(courier.locator("main [role=status]").first).to_contain_text("Fiches prises : 1")
    tap_send(courier)
    expect(courier.locator("main")).not_to_contain_text("porte des fiches d’autres personnes")
    with chromium_process.running_chromium(playwright, folder) as phone:
        page = phone.page
        page.goto(f"{link.url}/fr-ML/forms")
        tap_send(page)
        expect(page.locator(f"[data-code='{code}']")).to_contain_text("Reçu")
    records = [record for record in site.records("submission:") if code_of(record) == code]
    assert len(records) == 1, "carried and sent, received once"
    submission = json.loads(records[0].body["text"])
    assert [(size > 0, kind) for _, size, kind in submission["files"]] == [(True, "image/jpeg"), (True, "audio/webm")]
    tables = exported_tables(site, root, tmp_path)
    [row] = [row for row in tables["reponses"] if row["code"] == code]
    assert {name: row[name] for name in EXPECTED} == EXPECTED
    assert [child["prenom"] for child in tables["enfants"] if child["parent"] == code] == ["Bu"]
    for (digest, size, _), question in zip(submission["files"], ("photo", "voix"), strict=True):
        file = tmp_path / "pieces" / str(row[f"{question}/file"])
        assert file.read_bytes() == site.attachment(digest, size)
    assert (tmp_path / "pieces" / str(row["voix/file"])).read_bytes() == SOUND


def code_of(record: Record) -> str:
    return receipt_code(submission_id_of(record.id))


def exported_tables(site: FormSite, root: Path, folder: Path) -> dict[str, list[dict[str, object]]]:
    """The rows of each sheet of a workbook that the command line wrote, beside its photos and recordings."""
    book = folder / "tout.xlsx"
    options = ("--form", "tout", "--format", "xlsx", "--files", str(folder / "pieces"))
    run_site_command(site.data, root, "feedback", "export", str(book), *options, content=site.content)
    tables = {}
    for page in openpyxl.load_workbook(book).worksheets:
        headings, *rows = page.iter_rows(values_only=True)
        tables[page.title] = [dict(zip(map(str, headings), row, strict=True)) for row in rows]
    return tables


EXPECTED = {
    "nom": "Zeinabou",
    "age": 42,
    "poids": 61.5,
    "double": "123",
    "jour": datetime.datetime.fromisoformat("2026-11-20"),
    "heure": datetime.time(8, 30),
    "moment": datetime.datetime.fromisoformat("2026-11-20T08:30"),
    "accord": "oui",
    "connus": "ML NE",
    "connus/ML": 1,
    "ordre": "NE ML",
    "ordre/ML": 2,
    "ordre/NE": 1,
    "lu": True,
    "carte": "0044512",
    "village": "v117",
    "ou": "12.65 -8.00",
    "ou/latitude": 12.65,
    "chemin": "12.65 -8.00;12.66 -8.00",
    "champ": "12.65 -8.00;12.66 -8.00;12.66 -8.01;12.65 -8.00",
}


def prepared(page: Page) -> Page:
    """The page, allowed to know where it is, on a phone that records sound by another app."""
    page.context.grant_permissions(["geolocation"])
    page.add_init_script("delete window.MediaRecorder")
    return page


def fill_the_rest(page: Page, folder: Path) -> None:
    tap_next(page)
    page.get_by_label("Quel jour ?").fill("2026-11-20")
    page.get_by_label("Quelle heure ?").fill("08:30")
    page.get_by_label("Quel moment ?").fill("2026-11-20T08:30")
    tap_next(page)
    page.get_by_role("group", name="D’accord ?").get_by_label("Oui").check()
    for country in ("Mali", "Niger"):
        page.get_by_role("group", name="Quels pays ?").get_by_label(country).check()
    for country in ("Niger", "Mali"):
        page.get_by_role("group", name="Dans quel ordre ?").get_by_role("button", name=country).click()
    page.get_by_role("group", name="Vous avez lu ?").get_by_role("checkbox").check()
    page.get_by_label("Le numéro de la carte ?").fill("0044512")
    tap_next(page)
    page.get_by_label("Écrivez quelques lettres").fill("village 117")
    page.locator("label", has_text="Village 117").click()
    tap_next(page)
    page.locator("button", has_text="Ajouter").click()
    page.fill("form.sheet input", "Bu")
    tap_next(page)
    tap_next(page)
    expect_question(page, "Le double : 123")
    tap_next(page)
    draw(page, "Prendre ma position", FIELD[:1])
    draw(page, "Ajouter ma position", FIELD[:2])
    draw(page, "Ajouter ma position", FIELD)
    page.set_input_files("form.sheet input[type=file]", write_png(folder / "photo.png", 60, 40))
    expect(page.locator("form.sheet canvas")).to_be_visible()
    tap_next(page)
    sound = FilePayload(name="voix.webm", mimeType="audio/webm", buffer=SOUND)
    page.set_input_files("form.sheet input[type=file]", sound)
    expect(page.locator("form.sheet audio")).to_be_visible()
    tap_next(page)
    expect_question(page, "Vérifiez")


def draw(page: Page, button: str, points: tuple[tuple[float, float], ...]) -> None:
    """Walk from point to point, taking each."""
    for number, (latitude, longitude) in enumerate(points, start=1):
        page.context.set_geolocation({"latitude": latitude, "longitude": longitude})
        page.locator("form.sheet button", has_text=button).click()
        said = f"{latitude:.2f} {longitude:.2f}" if button.startswith("Prendre") else f"Points : {number}."
        expect(page.locator("form.sheet [role=status]")).to_have_text(said)
    tap_next(page)
