"""A complaint followed on the phone, offline: from the first question to letters, days later, and to its erasure."""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Playwright, expect

from tests.support import chromium_process, chromium_profile
from tests.support.bad_days import BadDay
from tests.support.browser_form_site import write_png
from tests.support.chromium import PhoneFactory, wait_until_offline_ready
from tests.support.mobile_link import MobileLink

CASE = "/fr-ML/complaints/case"
PIN = "246813"
LINK = "https://exemple.ml/distinctive-7041"
WORDS = (LINK, "Ma photo au marché de Kéniéba", "Compte Zankè", "Awa Distinctive", "Refus de Facebook Zoumana")
DAY = datetime.timedelta(days=1)
NO_ROOM = pytest.mark.spared("room", "the room is less than the pages and what the browser writes for a case")


@contextlib.contextmanager
def phone_without_network(
    playwright: Playwright, folder: Path, link: MobileLink, bad_day: BadDay
) -> Iterator[chromium_process.ChromiumProcess]:
    """A browser that keeps its files in `folder`, which is new, and has all pages; the link is down."""
    folder.mkdir()
    with chromium_process.running_chromium(playwright, folder) as phone:
        bad_day.meet(phone.page.context, link)
        phone.page.goto(f"{link.url}/fr-ML/")
        wait_until_offline_ready(phone.page)
        link.down = True
        yield phone


def answer(page: Page, word: str) -> None:
    """Answer the question on the screen, and wait for the next screen."""
    question = page.locator("main h2:visible").first.text_content()
    page.locator("main .rows a:visible", has_text=re.compile(f"^{word}$")).click()
    expect(page.locator("main h2:visible").first).not_to_have_text(question or "")


def begin(page: Page, link: MobileLink, harm: str, answers: str) -> None:
    """Answer the questions of a harm: y or n each."""
    page.goto(link.url + CASE)
    expect(page.locator("[data-plain]")).to_have_count(0)  # the app has taken over
    page.locator(f"[data-harm={harm}]").click()
    for letter in answers:
        answer(page, "Oui" if letter == "y" else "Non")
    expect(page.get_by_role("heading", name="Qui d’autre tient ce téléphone ?")).to_be_visible()


def keep_under_code(page: Page) -> None:
    page.get_by_role("button", name="Garder, avec un code").click()
    page.fill("#pin-new", PIN)
    page.fill("#pin-again", PIN)
    page.get_by_role("button", name="Garder ce code").click()
    expect(page.get_by_role("heading", name=re.compile("^Dossier 1"))).to_be_visible()


def note_proof(page: Page, picture: Path) -> None:
    page.get_by_role("button", name="Noter une preuve").click()
    page.get_by_role("button", name="J’ai vu quelque chose").click()
    page.get_by_label("Application ou site").fill("Facebook")
    page.get_by_label("Nom du compte").fill(WORDS[2])
    page.get_by_label("Lien entier").fill(LINK)
    page.get_by_label("Ce que cela montre").fill(WORDS[1])
    page.get_by_label("Captures d’écran").set_input_files(picture)
    page.get_by_role("button", name="Garder", exact=True).click()
    expect(page.locator("main .answers")).to_contain_text("SHA-256")


def unlock(page: Page) -> None:
    page.fill("#pin", PIN)
    page.get_by_role("button", name="Ouvrir", exact=True).click()


def letter_of(page: Page, step: str) -> str:
    """The letter of a step, opened from the list."""
    page.locator(f"[data-step={step}] a.go").click()
    page.wait_for_url(f"**/{step}#case=*")
    expect(page.get_by_role("button", name="Copier la lettre")).to_be_visible()
    return page.locator(".letter").inner_text()


@NO_ROOM
def test_a_published_photo_is_followed_to_the_data_authority_and_erased_without_a_trace(
    link: MobileLink, playwright: Playwright, tmp_path: Path, bad_day: BadDay
) -> None:
    folder = tmp_path / "profile"
    with phone_without_network(playwright, folder, link, bad_day) as phone:
        page, context = phone.page, phone.page.context
        begin(page, link, "image", "nnnnnn")
        keep_under_code(page)
        expect(page.locator("[data-step=offender]")).to_have_count(0)
        note_proof(page, write_png(tmp_path / "capture.png", 90, 60))
        page.get_by_role("button", name="Retour").click()
        platform = letter_of(page, "platform")
        assert LINK in platform
        assert WORDS[2] in platform
        page.get_by_role("link", name="Retour à ma démarche").click()
        page.locator("[data-step=platform] input").check()
        page.locator("#days-platform").select_option("15")
        expect(page.locator("[data-step=platform]")).to_contain_text("étape suivante")
        case = page.url
        page = after_days(page, context, case, 15)
        expect(page.locator("main .note")).to_contain_text("Étape suivante : Écrire à l’autorité")
        authority = letter_of(page, "authority")
        assert all(word in authority for word in (LINK, WORDS[1], WORDS[2], "SHA-256", "APDP"))
        page.get_by_label("Vos nom et prénom").fill(WORDS[3])
        page.get_by_label("Ce que vous avez déjà demandé").fill(WORDS[4])
        page.get_by_role("link", name="Retour à ma démarche").click()
        assert WORDS[3] in letter_of(page, "prosecutor")
        page.get_by_role("link", name="Retour à ma démarche").click()
        page.get_by_role("button", name="Imprimer le dossier").click()
        expect(page.locator(".printed")).to_contain_text(LINK)
        expect(page.locator(".printed img")).to_be_visible()
        page.get_by_role("button", name="Retour").click()
        page.get_by_role("button", name="Effacer ce dossier").click()
        page.get_by_role("button", name="Oui, effacer").click()
        expect(page.locator("[data-harm=image]")).to_be_visible()
        expect(page.locator("[data-cases]")).to_have_count(0)
        phone.close()
    assert chromium_profile.find_words(folder, WORDS) == set()


def after_days(page: Page, context: BrowserContext, case: str, days: int) -> Page:
    """The page after its renderer was killed, opened again days later: it asks for the code and shows the case."""
    with contextlib.suppress(Error):
        page.goto("chrome://crash")
    page.close()
    other = context.new_page()
    other.clock.install(time=datetime.datetime.now(datetime.UTC) + days * DAY)
    other.goto(case)
    if other.locator("#pin").or_(other.locator("[data-step=platform]")).first.evaluate("(found) => found.id") == "pin":
        unlock(other)
    expect(other.locator("[data-step=platform] input")).to_be_checked()
    return other


@NO_ROOM
def test_without_a_code_the_list_of_steps_alone_stays(
    link: MobileLink, playwright: Playwright, tmp_path: Path, bad_day: BadDay
) -> None:
    folder = tmp_path / "profile"
    with phone_without_network(playwright, folder, link, bad_day) as phone:
        page = phone.page
        begin(page, link, "scam", "nnny")
        page.get_by_role("button", name="Ne rien garder").click()
        letter_of(page, "police")
        page.get_by_label("Somme perdue").fill(WORDS[2])  # not marked sensitive, and yet in no file
        expect(page.locator(".letter")).to_contain_text(WORDS[2])
        begin(page, link, "scam", "nnny")
        page.get_by_role("button", name="sans code").click()
        page.get_by_role("button", name="Noter une preuve").click()
        expect(page.get_by_role("button", name="Garder, avec un code")).to_be_visible()
        page.get_by_role("button", name="Retour").click()
        letter_of(page, "police")
        page.get_by_label("Vos nom et prénom").fill(WORDS[3])
        expect(page.locator(".letter")).to_contain_text(WORDS[3])
        page.get_by_role("link", name="Retour à ma démarche").click()
        page.locator("[data-step=police] input").check()
        expect(page.locator("[data-step=police]")).to_contain_text("Fait le")
        phone.close()
    with chromium_process.running_chromium(playwright, folder) as phone:
        bad_day.meet(phone.page.context, link, is_new=False)
        phone.page.goto(link.url + CASE)
        phone.page.get_by_role("link", name=re.compile("^Dossier 1")).click()
        expect(phone.page.locator("[data-step=police] input")).to_be_checked()
        phone.close()
    assert chromium_profile.find_words(folder, WORDS) == set()


@NO_ROOM
def test_danger_and_threats_never_lead_to_the_offender_and_intimate_pictures_are_not_taken(
    link: MobileLink, phones: PhoneFactory
) -> None:
    page = phones().new_page()
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    link.down = True
    begin(page, link, "image", "nyn")  # rather: intimate images
    keep_under_code(page)
    expect(page.locator("main")).to_contain_text("N’écrivez pas à l’auteur")
    page.get_by_role("button", name="Noter une preuve").click()
    expect(page.locator("main p.danger")).to_contain_text("Aucune image n’est gardée ici")
    page.get_by_role("button", name="J’ai vu quelque chose").click()
    expect(page.get_by_label("Ce que cela montre")).to_be_visible()
    expect(page.locator("input[type=file]")).to_have_count(0)
    page.locator("[data-exit]").click()
    page.wait_for_url(f"{link.url}/app/table.html")
    page.go_back()
    assert "complaints" not in page.url
