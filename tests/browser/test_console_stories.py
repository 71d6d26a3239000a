"""Four stories of coordinators in Chromium, on a phone and on a desk: their pages and taps are counted by the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support import sample_media
from tests.support.browser_site import first_link, running_site_server
from tests.support.chromium import PHONE
from tests.support.console_browser import (
    COUNT,
    Steps,
    become_administrator,
    count_from_here,
    count_steps,
    invite,
    take_password,
)
from tests.support.content_folder import GOOD, write
from tests.support.measured_figures import record_figure

PHONE_WIDTH, DESK_WIDTH = 360, 1280
GUIDE = "guide:compte:fr"


@dataclass(frozen=True)
class Office:
    """A site with two people: who writes, and the coordinator who reads and publishes."""

    url: str
    folder: Path
    page_of: Callable[[str], Page]

    def require_fitting_widths(self, *people: Page) -> None:
        for page in people:
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


@contextmanager
def running_office(folder: Path, root: Path, speaking_browser: Browser, width: int) -> Iterator[Office]:
    content = write(folder / "content", GOOD)
    contexts: list[BrowserContext] = []

    def open_context() -> Page:
        viewport = {"width": width, "height": 740}
        contexts.append(speaking_browser.new_context(**{**PHONE, "viewport": viewport, "permissions": ["microphone"]}))
        contexts[-1].set_default_timeout(30_000)
        contexts[-1].add_init_script(COUNT)
        return contexts[-1].new_page()

    with running_site_server(folder / "data", root, content) as url:
        chief = open_context()
        become_administrator(chief, first_link(url, folder / "data"))
        people = {}
        for name, role in (("fanta", "editor"), ("moussa", "coordinator")):
            people[name] = open_context()
            people[name].goto(invite(chief, url, name, role))
            take_password(people[name])
        yield Office(url, folder, people.__getitem__)
        for context in contexts:
            context.close()


def correct_a_sentence(office: Office) -> Steps:
    """A word changes; another person reads, approves and publishes."""
    writer, reviewer = office.page_of("fanta"), office.page_of("moussa")
    writer.goto(f"{office.url}/console/writing/{GUIDE}")
    for person in (writer, reviewer):
        count_from_here(person)
    writer.click("text=Changer ce texte")
    writer.locator("[name=body]").evaluate("(field) => (field.value = field.value.replace('code', 'long code'))")
    writer.click("text=Enregistrer et demander une relecture")
    expect(writer.locator(".flash")).to_contain_text("relecture est demandée")
    reviewer.reload()
    reviewer.locator(".worklist a.go").first.click()
    office.require_fitting_widths(writer, reviewer)
    reviewer.locator("form[action$='/publish'] button").click()
    expect(reviewer.locator(".flash")).to_contain_text("publié")
    return count_steps(writer, reviewer)


def write_a_guide(office: Office) -> Steps:
    """A new guide with a picture and a voice, from the first page to the request that somebody reads it."""
    writer = office.page_of("fanta")
    (office.folder / "ecran.jpg").write_bytes(sample_media.make_photo())
    writer.goto(f"{office.url}/console/")
    count_from_here(writer)
    open_menu(writer, "Images et sons")
    writer.set_input_files("#f-image-file", office.folder / "ecran.jpg")
    writer.fill("#f-image-label", "Un écran")
    writer.click("text=Garder cette image")
    expect(writer.locator(".flash")).to_contain_text("C’est gardé")
    writer.click("text=Enregistrer ma voix")
    writer.wait_for_timeout(1500)  # the voice itself
    writer.click("text=Arrêter")
    expect(writer.locator("[data-recorder] audio")).to_be_visible()
    writer.fill("#f-sound-label", "Le guide lu")
    writer.click("text=Garder ce son")
    expect(writer.locator(".flash")).to_contain_text("C’est gardé")
    open_menu(writer, "Documents")
    writer.locator("main a", has_text="Écrire un nouveau document").click()
    writer.fill("[name=title]", "Prendre une capture")
    writer.click("text=Commencer")
    writer.fill("[name=body]", "Gardez une preuve.\n\n")
    writer.locator("[name=body]").press("Control+End")
    writer.locator("button[data-insert]", has_text="Mettre dans le texte").first.click()
    writer.select_option("[name=audio]", index=1)
    office.require_fitting_widths(writer)
    writer.click("text=Enregistrer et demander une relecture")
    expect(writer.locator(".flash")).to_contain_text("relecture est demandée")
    return count_steps(writer)


def review_with_remarks(office: Office) -> Steps:
    """A remark on a paragraph sends the text back; its writer mends it and answers; it is approved."""
    writer, reviewer = office.page_of("fanta"), office.page_of("moussa")
    writer.goto(f"{office.url}/console/writing/guide:argent:fr/edit")
    writer.fill("[name=body]", "Un mot.\n\nDeux mots de plus.")
    writer.click("text=Enregistrer et demander une relecture")
    expect(writer.locator(".flash")).to_contain_text("relecture est demandée")
    reviewer.goto(f"{office.url}/console/")
    for person in (writer, reviewer):
        count_from_here(person)
    reviewer.locator(".worklist a.go").first.click()
    reviewer.locator("form[action$='/return'] [name=note]").fill("Lesquels ?")
    reviewer.click("text=Renvoyer à corriger")
    expect(reviewer.locator(".flash")).to_be_visible()
    writer.goto(f"{office.url}/console/")
    writer.locator(".worklist a.go").first.click()
    expect(writer.locator("main")).to_contain_text("Lesquels ?")
    writer.locator("a.go", has_text="Continuer le brouillon").click()
    writer.fill("[name=body]", "Un mot.\n\nDeux mots de plus : oui et non.")
    writer.click("text=Enregistrer et demander une relecture")
    expect(writer.locator(".flash")).to_contain_text("relecture est demandée")
    reviewer.goto(f"{office.url}/console/")
    reviewer.locator(".worklist a.go").first.click()
    office.require_fitting_widths(writer, reviewer)
    reviewer.locator("form[action$='/approve'] button").click()
    expect(reviewer.locator(".flash")).to_contain_text("approuvé")
    return count_steps(writer, reviewer)


def empty_the_queue(office: Office) -> Steps:
    """The first page shows the work that waits; a person says how to be told of it, and finished work is gone."""
    writer, reviewer = office.page_of("fanta"), office.page_of("moussa")
    writer.goto(f"{office.url}/console/writing/notice:megas:fr")
    if writer.locator("a.go", has_text="Continuer").count() == 0:
        writer.click("text=Changer ce texte")
        writer.locator("[name=body]").evaluate("(field) => (field.value += '\\n\\nUn mot de plus.')")
        writer.click("text=Enregistrer et demander une relecture")
    reviewer.goto(f"{office.url}/console/")
    line = reviewer.locator(".worklist a.go").first
    address = line.get_attribute("href")
    count_from_here(reviewer)
    line.click()
    reviewer.locator("form[action$='/approve'] button").click()
    expect(reviewer.locator(".flash")).to_contain_text("approuvé")
    reviewer.click("header a.name")
    expect(reviewer.locator("h1")).to_contain_text("Bonjour")
    expect(reviewer.locator(f".worklist a.go[href='{address}']")).to_have_count(0)
    open_menu(reviewer, "Mon compte")
    reviewer.locator("form[action$='/me/notices'] [name=told][value=daily]").check()
    office.require_fitting_widths(reviewer)
    reviewer.locator("form[action$='/me/notices'] button").click()
    expect(reviewer.locator(".flash")).to_be_visible()
    return count_steps(reviewer)


def open_menu(page: Page, entry: str) -> None:
    """On a phone the menu is below the page, behind a link at its top."""
    if page.locator(".to-menu").is_visible():
        page.click(".to-menu")
    page.locator("nav a", has_text=entry).click()


# The most that each may take. A phone has one tap more for each way through the menu.
STORIES: dict[str, tuple[Callable[[Office], Steps], Steps]] = {
    "correct a sentence": (correct_a_sentence, Steps(6, 4)),
    "new guide with picture and sound": (write_a_guide, Steps(9, 14)),
    "review with remarks": (review_with_remarks, Steps(12, 8)),
    "queue and notifications": (empty_the_queue, Steps(6, 7)),
}


def test_a_corrected_sentence_takes_four_taps_on_a_phone(tmp_path: Path, root: Path, speaking_browser: Browser) -> None:
    with running_office(tmp_path, root, speaking_browser, PHONE_WIDTH) as office:
        story, most = STORIES["correct a sentence"]
        steps = story(office)
        assert steps.taps <= most.taps and steps.pages <= most.pages, steps


@pytest.mark.soak
@pytest.mark.parametrize("width", [PHONE_WIDTH, DESK_WIDTH])
def test_every_story_takes_few_pages_and_taps(
    width: int, tmp_path: Path, root: Path, speaking_browser: Browser
) -> None:
    longer = {}
    with running_office(tmp_path, root, speaking_browser, width) as office:
        for name, (story, most) in STORIES.items():
            steps = story(office)
            record_figure(f"{name}, {width} px: {steps.pages} pages, {steps.taps} taps")
            if steps.taps > most.taps or steps.pages > most.pages:
                longer[name] = steps
    assert longer == {}
