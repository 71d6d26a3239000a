"""Unsaved texts in Chromium: nothing typed in the console is lost, whatever happens to network, tab or session, and the
next person at the browser reads nothing of it.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from tests.support.browser_site import first_link, running_site_server
from tests.support.chromium import PHONE, wait_until_true
from tests.support.console_browser import become_administrator, invite, sign_in, take_password
from tests.support.content_folder import GOOD, write

GUIDE = "/console/writing/guide:argent:fr/edit"
INTERVAL = 1.0  # seconds of typing that may be lost

# True if a text that the page's account can decrypt holds the argument.
KEPT = """async (text) => {
    const open = indexedDB.open("kunnafoni-console");
    const base = await new Promise((done) => (open.onsuccess = () => done(open.result)));
    const all = base.transaction("texts").objectStore("texts").getAll();
    const records = await new Promise((done) => (all.onsuccess = () => done(all.result)));
    base.close();
    const bytes = Uint8Array.from(atob(document.body.dataset.keptKey.replace(/-/g, "+").replace(/_/g, "/")),
        (sign) => sign.charCodeAt(0));
    const key = await SubtleCrypto.prototype.importKey.call(crypto.subtle, "raw", bytes, "AES-GCM", false, ["decrypt"]);
    for (const { iv, data } of records) {
        const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data).catch(() => null);
        const pages = plain ? JSON.parse(new TextDecoder().decode(plain)) : [];
        if (pages.some(({ fields }) => fields.some(([, value]) => value.includes(text)))) return true;
    }
    return false;
}"""

FULL_DISK = """const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => { throw new DOMException("", "QuotaExceededError") };
    globalThis.freeDisk = () => { IDBObjectStore.prototype.put = put };"""

# The page's first key comes when the test lets it: a slow disk.
HOLD_KEYS = """const released = new Promise((done) => (globalThis.releaseKeys = done));
    crypto.subtle.importKey = async (...given) => {
        await released;
        return SubtleCrypto.prototype.importKey.apply(crypto.subtle, given);
    };"""


@dataclass
class Desk:
    """A site and a browser in which one account is signed in."""

    url: str
    context: BrowserContext
    page: Page

    def open(self, path: str = GUIDE) -> Page:
        page = self.context.new_page()
        page.goto(self.url + path)
        return page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("unsaved_site")
    with running_site_server(folder / "data", root, write(folder / "content", GOOD)) as url:
        yield url, folder / "data"


@pytest.fixture(scope="module")
def desk(site: tuple[str, Path], browser: Browser) -> Iterator[Desk]:
    context = browser.new_context(**PHONE)
    context.set_default_timeout(30_000)
    page = context.new_page()
    become_administrator(page, first_link(*site))
    yield Desk(site[0], context, page)
    context.close()


def kept_bytes(page: Page) -> str:
    """Everything that the console's database holds, each byte as a character."""
    return str(
        page.evaluate("""() => new Promise(done => { const open = indexedDB.open('kunnafoni-console');
            open.onsuccess = () => { const base = open.result;
                const store = base.transaction('texts').objectStore('texts');
                const [keys, all] = [store.getAllKeys(), store.getAll()];
                all.onsuccess = () => { base.close(); done(keys.result.join() + all.result.map(one =>
                    new TextDecoder('latin1').decode(one.data) + Object.keys(one)).join()); }; }; })""")
    )


def wait_until_kept(page: Page, text: str) -> None:
    wait_until_true(page, KEPT, text)


def wait_until_forgotten(page: Page, text: str) -> None:
    """Wait until none of the account's kept texts holds this."""
    wait_until_true(page, f"async (text) => !(await ({KEPT})(text))", text)


def test_what_was_typed_comes_back_after_a_lost_network_a_closed_tab_and_an_ended_session(desk: Desk) -> None:
    page = desk.open()
    page.fill("[name=body]", "Trois heures de travail, mot à mot.")
    desk.context.set_offline(True)
    page.locator("button:has-text('Enregistrer le brouillon')").last.click()
    expect(page.locator("[data-kept-note]")).to_contain_text("Pas de réseau")
    expect(page.locator("[data-kept-note]")).to_contain_text("Votre texte est gardé dans ce navigateur")
    expect(page.locator("[name=body]")).to_have_value("Trois heures de travail, mot à mot.")
    page.fill("[name=title]", "Sans réseau non plus")
    wait_until_kept(page, "Sans réseau non plus")
    page.close()  # closes it as a crash does, without asking
    desk.context.set_offline(False)
    again = desk.open()
    expect(again.locator("[name=body]")).to_have_value("Trois heures de travail, mot à mot.")
    expect(again.locator("[name=title]")).to_have_value("Sans réseau non plus")
    expect(again.locator("[data-kept-note]")).to_contain_text("est revenu")

    session = [cookie for cookie in desk.context.cookies() if cookie["name"] == "kunnafoni-session"]
    desk.context.clear_cookies(name="kunnafoni-session")
    again.locator("button:has-text('Enregistrer le brouillon')").last.click()
    expect(again.locator("[data-kept-note]")).to_contain_text("Votre session est finie")
    desk.context.add_cookies(session)  # type: ignore[arg-type]
    again.locator("button:has-text('Enregistrer le brouillon')").last.click()
    expect(again.locator(".flash")).to_contain_text("enregistré")
    assert "iv" not in kept_bytes(again), "what is saved is kept here no more"
    once_more = desk.open()
    expect(once_more.locator("[name=title]")).to_have_value("Sans réseau non plus")
    expect(once_more.locator("[data-kept-note]")).to_be_hidden()
    once_more.close()
    again.close()


def test_leaving_asks_only_while_something_is_unsaved(desk: Desk) -> None:
    page = desk.open()
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.goto(f"{desk.url}/console/writing")
    assert asked == []
    page.goto(desk.url + GUIDE)
    page.locator("[name=title]").press_sequentially("xyz")
    wait_until_kept(page, "xyz")
    page.goto(f"{desk.url}/console/writing")
    assert asked == ["beforeunload"]
    page.goto(desk.url + GUIDE)
    page.click("text=Reprendre le texte enregistré")
    wait_until_forgotten(page, "xyz")
    page.goto(f"{desk.url}/console/writing")
    assert asked == ["beforeunload"]
    page.close()


def test_a_text_that_changed_meanwhile_stands_beside_what_was_typed(desk: Desk) -> None:
    page, colleague = desk.open(), desk.open()
    page.fill("[name=body]", "Ma version, jamais enregistrée.")
    wait_until_kept(page, "Ma version, jamais enregistrée.")
    page.close()
    colleague.fill("[name=body]", "La version enregistrée entre-temps.")
    colleague.locator("button:has-text('Enregistrer le brouillon')").last.click()
    expect(colleague.locator(".flash")).to_contain_text("enregistré")
    colleague.close()
    again = desk.open()
    offer = again.locator("[data-kept-offer]")
    expect(offer).to_contain_text("Ma version, jamais enregistrée.")
    expect(offer).to_contain_text("La version enregistrée entre-temps.")
    expect(again.locator("[name=body]")).to_have_value("La version enregistrée entre-temps.")
    again.close()
    later = desk.open()
    later.click("text=Prendre ce que j’avais écrit")
    expect(later.locator("[name=body]")).to_have_value("Ma version, jamais enregistrée.")
    later.click("text=Enregistrer le brouillon")
    expect(later.locator(".flash")).to_contain_text("enregistré")
    later.close()


def test_added_rows_come_back_too(desk: Desk) -> None:
    path = "/console/writing/authorities:ML:fr/edit"
    page = desk.open(path)
    page.click("summary:has-text('1. Procureur du Pôle')")
    page.click("summary:has-text('Faits (1)')")
    page.click("button[value='add:authorities.0.facts']")
    page.fill("[name='authorities.0.facts.1.text']", "C’est gratuit.")
    wait_until_kept(page, "C’est gratuit.")
    page.close()
    again = desk.open(path)
    expect(again.locator("[name='authorities.0.facts.1.text']")).to_have_value("C’est gratuit.")
    again.on("dialog", lambda dialog: dialog.accept())
    again.click("text=Reprendre le texte enregistré")
    wait_until_forgotten(again, "C’est gratuit.")
    again.close()


def test_what_is_typed_before_the_browsers_store_is_open_is_kept_too(desk: Desk) -> None:
    page = desk.context.new_page()
    page.add_init_script(HOLD_KEYS)
    page.goto(desk.url + GUIDE)
    page.fill("[name=body]", "Plus vite que le disque.")
    page.wait_for_timeout(700)  # longer than the page waits before it keeps what is typed
    page.evaluate("releaseKeys()")
    wait_until_kept(page, "Plus vite que le disque.")
    page.close()
    again = desk.open()
    expect(again.locator("[name=body]")).to_have_value("Plus vite que le disque.")
    again.click("text=Reprendre le texte enregistré")
    wait_until_forgotten(again, "Plus vite que le disque.")
    again.close()


def test_a_page_that_is_open_takes_over_what_a_closed_one_leaves(desk: Desk) -> None:
    closing, staying = desk.open(), desk.open()
    closing.fill("[name=body]", "D’un onglet à l’autre.")
    wait_until_kept(closing, "D’un onglet à l’autre.")
    waiting = desk.open()
    expect(waiting.locator("[data-kept-note]")).to_be_hidden()
    closing.close()
    expect(waiting.locator("[name=body]")).to_have_value("D’un onglet à l’autre.")
    expect(waiting.locator("[data-kept-note]")).to_contain_text("est revenu")
    expect(staying.locator("[data-kept-note]")).to_be_hidden()
    waiting.click("text=Reprendre le texte enregistré")
    wait_until_forgotten(waiting, "D’un onglet à l’autre.")
    staying.close()
    waiting.close()


def test_a_browser_that_keeps_nothing_says_so(desk: Desk) -> None:
    page = desk.context.new_page()
    page.add_init_script(FULL_DISK)
    page.goto(desk.url + GUIDE)
    page.fill("[name=body]", "Sur un disque plein.")
    expect(page.locator("[data-kept-note]")).to_contain_text("Ce navigateur ne garde pas ce que vous tapez")
    desk.context.set_offline(True)
    page.click("text=Enregistrer le brouillon")
    expect(page.locator("[data-kept-note]")).to_have_text(re.compile("Pas de réseau.*Ce navigateur ne garde pas"))
    desk.context.set_offline(False)
    page.reload()
    page.fill("[name=body]", "Sur un disque plein.")
    expect(page.locator("[data-kept-note]")).to_contain_text("Ce navigateur ne garde pas ce que vous tapez")
    page.evaluate("freeDisk()")
    page.fill("[name=body]", "Sur un disque vidé.")
    expect(page.locator("[data-kept-note]")).to_be_hidden()
    wait_until_kept(page, "Sur un disque vidé.")
    page.close()
    again = desk.open()
    again.click("text=Reprendre le texte enregistré")
    wait_until_forgotten(again, "Sur un disque vidé.")
    again.close()


def test_colleagues_see_that_a_text_is_open_and_the_next_person_here_reads_nothing_of_it(
    desk: Desk, browser: Browser
) -> None:
    link = invite(desk.page, desk.url, "fanta")
    mine = desk.open()
    mine.fill("[name=body]", "Un secret de la rédaction.")
    wait_until_kept(mine, "Un secret de la rédaction.")
    assert "secret" not in kept_bytes(mine) and "argent" not in kept_bytes(mine)
    other = browser.new_context(**PHONE)
    theirs = other.new_page()
    theirs.goto(link)
    take_password(theirs)
    theirs.goto(desk.url + GUIDE)
    expect(theirs.locator(".danger[role=status]")).to_contain_text("awa a aussi ce texte ouvert")
    other.close()
    mine.close()
    desk.page.goto(f"{desk.url}/console/")
    desk.page.click("text=Sortir")
    sign_in(desk.page, desk.url, "fanta")
    desk.page.goto(desk.url + GUIDE)
    expect(desk.page.locator("[name=body]")).not_to_have_value("Un secret de la rédaction.")
    expect(desk.page.locator("[data-kept-note]")).to_be_hidden()
    assert "iv" in kept_bytes(desk.page) and "secret" not in kept_bytes(desk.page)
    desk.page.click("text=Sortir")
    sign_in(desk.page, desk.url, "awa")
    desk.page.goto(desk.url + GUIDE)
    expect(desk.page.locator("[name=body]")).to_have_value("Un secret de la rédaction.")
    desk.page.click("text=Reprendre le texte enregistré")
    wait_until_forgotten(desk.page, "Un secret de la rédaction.")


@pytest.mark.soak
def test_at_any_moment_no_more_than_the_last_second_is_lost(desk: Desk) -> None:
    """The tab is killed and the network cut at random moments of somebody's typing."""
    chance = random.Random(20261201)
    for round_number in range(30):
        page = desk.open()
        if page.locator("text=Reprendre le texte enregistré").count():
            page.click("text=Reprendre le texte enregistré")
            wait_until_forgotten(page, "Tour")
        page.fill("[name=body]", "")
        typed: list[tuple[float, str]] = []
        end = time.monotonic() + chance.uniform(0.5, 4)
        cut = time.monotonic() + chance.uniform(0, 3)
        text = f"Tour {round_number} : "
        while time.monotonic() < end:
            if time.monotonic() > cut:
                desk.context.set_offline(True)
            text += chance.choice("abcdefghij éèà\n")
            page.fill("[name=body]", text)
            typed.append((time.monotonic(), text))
        killed = time.monotonic()
        page.close()  # at once, without asking
        desk.context.set_offline(False)
        again = desk.open()
        expect(again.locator("[data-kept-note]")).to_contain_text("est revenu")
        kept = again.locator("[name=body]").input_value()
        sure = [text for when, text in typed if when < killed - INTERVAL]
        assert not sure or len(kept) >= len(sure[-1]), (round_number, len(kept), len(sure[-1]))
        assert text.startswith(kept)
        again.click("text=Reprendre le texte enregistré")
        wait_until_forgotten(again, "Tour")
        again.close()
