"""A form with every type of question, from three languages on one phone to a table on the coordinator's desk."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

from playwright.sync_api import FilePayload, Page, Playwright, expect

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
    run_site_command(
        site.data, root, "feedback", "export", str(tmp_path / "tout.zip"), "--form", "tout", content=site.content
    )
    with zipfile.ZipFile(tmp_path / "tout.zip") as archive:
        tables = {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
            for name in archive.namelist()
            if name.endswith(".csv")
        }
    [row] = tables["reponses.csv"]
    assert row["code"] == code
    assert {name: row[name] for name in EXPECTED} == EXPECTED
    assert [child["prenom"] for child in tables["enfants.csv"]] == ["Bu"]
    [submission] = [
        json.loads(record.body["text"])
        for record in site.records("submission:")
        if '"form":"tout"' in record.body["text"]
    ]
    assert [(size > 0, kind) for _, size, kind in submission["files"]] == [(True, "image/jpeg"), (True, "audio/webm")]


EXPECTED = {
    "nom": "Zeinabou",
    "age": "42",
    "poids": "61.5",
    "double": "123",
    "jour": "2026-11-20",
    "heure": "08:30",
    "moment": "2026-11-20T08:30",
    "accord": "oui",
    "connus": "ML NE",
    "connus/ML": "1",
    "ordre": "NE ML",
    "ordre/ML": "2",
    "ordre/NE": "1",
    "lu": "True",
    "carte": "0044512",
    "ou": "12.65 -8.00",
    "ou/latitude": "12.65",
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
