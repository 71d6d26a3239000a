"""A phone hands its pages to another as a file, the network gone on both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from server.keys.keyring import open_keyring
from sync.editions.edition_statement import Statement
from sync.editions.feed import Edition
from sync.editions.pack import Pack, read_pack, write_pack
from sync.editions.trust import first_trust
from tests.support.browser_site import BrowserSite, page_paths, run_site_command
from tests.support.chromium import PhoneFactory, wait_until_offline_ready, wait_until_true, worker_answers
from tests.support.firefox import running_firefox
from tests.support.mobile_link import MobileLink

HOME = "/fr-ML/"
OTHER_SITE = json.loads((Path(__file__).parents[1] / "vectors/pack.json").read_text("utf-8"))["kinds"]["whole"]
OPENED_WITH_THE_APP = """Object.defineProperty(window, 'launchQueue', {
    value: {setConsumer: (take) => { window.launch = take; }},
})"""
FIELD = "Prendre les pages d’un autre téléphone"


@pytest.mark.spared("channel", "B meets the network once, on its home page")
def test_a_phone_that_saw_the_home_page_once_reads_every_guide_from_another_phones_file(
    link: MobileLink, phones: PhoneFactory, quiet_site: BrowserSite, tmp_path: Path
) -> None:
    giver = phones().new_page()
    giver.goto(link.url + HOME)
    wait_until_offline_ready(giver)
    guides = [path for path in page_paths(link.url) if path.startswith("guides/")]
    taker = _phone_with_the_essentials(link, phones)
    link.down = True

    file = tmp_path / "pages.txt"
    giver.goto(f"{link.url}/fr-ML/phone")
    with giver.expect_download() as download:
        giver.get_by_role("button", name="Donner toutes les pages").click()
    download.value.save_as(file)
    expect(giver.locator("[data-feature=pack]")).to_contain_text("donnez-le à l’autre téléphone")

    text = file.read_text("utf-8")
    taker.goto(f"{link.url}/fr-ML/{guides[-1]}")
    status = taker.locator("[data-feature=pack] [role=status]")
    whole, key = _read(text)
    keyring = open_keyring(quiet_site.data / "keys", create=False)
    assert keyring
    signer = keyring.keys.signer
    older = replace(whole.statement, number=whole.statement.number - 1)
    body = next(iter(whole.bodies.values()))
    changed = Edition(whole.statement, signer.sign(whole.statement.bytes), key, whole.manifest)
    for spoiled, sentence in (
        (text[: len(text) // 2], "il n’est pas entier"),
        (write_pack(changed, [body, body + "<p>Ajouté"]), "abîmées ou modifiées en chemin"),
        (write_pack(replace(changed, statement=older, signature=signer.sign(older.bytes)), [body]), "plus anciennes"),
        (OTHER_SITE, "d’un autre site"),
        (text.replace("kunnafoni-pack/1", "kunnafoni-pack/9"), "une version plus récente"),
        ("Bonjour.", "Ce n’est pas un fichier de pages"),
    ):
        _take(taker, tmp_path, spoiled)
        expect(status).to_contain_text(sentence)
        expect(status).to_contain_text("Rien n’a changé sur ce téléphone.")
    before = worker_answers(taker, [HOME, f"/fr-ML/{guides[-1]}"])
    assert [answer for answer, _ in before] == [200, 503], "what was here stays, and nothing came"
    _take(taker, tmp_path, text)
    expect(status).to_contain_text("Toutes les pages sont là")
    answers = worker_answers(taker, [f"/fr-ML/{path}" for path in guides])
    assert [status for status, _ in answers] == [200] * len(guides)
    taker.goto(f"{link.url}/fr-ML/{guides[-1]}")
    expect(taker.locator("main h1")).not_to_have_text("Cette page n’est pas dans votre téléphone")
    taker.add_init_script(OPENED_WITH_THE_APP)
    taker.goto(f"{link.url}/?go=phone")  # the address that the manifest's `file_handlers` names
    wait_until_true(taker, "!!window.launch")
    taker.evaluate("(text) => launch({files: [{getFile: async () => new File([text], 'pages.txt')}]})", text)
    expect(status).to_contain_text("Ce téléphone avait déjà ces pages")


def _read(text: str) -> tuple[Pack, str]:
    """A pack that a phone wrote, and the key that signed it."""
    keys: list[str] = []

    def accept(header: Mapping[str, Any]) -> Statement:
        keys.append(header["key"])
        return first_trust(header["key"], header["statement"], header["signature"])[1]

    return read_pack(text, accept), keys[0]


def _phone_with_the_essentials(link: MobileLink, phones: PhoneFactory) -> Page:
    """A phone whose first download broke off behind the first part."""
    page = phones().new_page()
    link.fate = lambda path: "lost" if path.startswith("/feed/") and "to=" in path else ""
    link.cuts = [200_000]
    page.goto(link.url + HOME)
    expect(page.locator("#status")).to_contain_text("Le réseau a coupé")
    link.fate = None
    return page


def _take(page: Page, folder: Path, text: str) -> None:
    file = folder / "reçu.txt"
    file.write_text(text, "utf-8")
    page.get_by_label(FIELD).set_input_files(file)


def test_the_library_as_one_html_page_opens_from_disk_without_script_and_holds_every_page(
    quiet_site: BrowserSite, browser: Browser, tmp_path: Path, root: Path
) -> None:
    file = _library_page(quiet_site, tmp_path, root)
    size = file.stat().st_size
    assert size <= 1_000_000
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(file.as_uri())
    assert f"{-(-size // 1000)} ko" in plain.locator("main > p").first.inner_text()
    guides = {path for path in page_paths(quiet_site.url) if path.startswith("guides/")}
    assert len(guides) > 50
    links = plain.locator("#contents a")
    named = {(links.nth(at).get_attribute("href") or "")[1:].replace("--", "/") for at in range(links.count())}
    assert guides <= named
    links.get_by_text("Porter plainte, étape par étape").click()
    expect(plain.locator("#guides--porter-plainte h1")).to_be_in_viewport()
    expect(plain.locator("#search")).to_be_hidden()
    plain.context.close()
    page = browser.new_context().new_page()
    page.goto(file.as_uri())
    page.locator("#find").fill("puce vole")
    expect(page.locator("#contents li", has_text="la copie de carte SIM")).to_be_visible()
    expect(page.locator("#contents li", has_text="Danger maintenant")).to_be_hidden()
    dead = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].filter(a => !document.getElementById(a.hash.slice(1))).length"
    )
    assert dead == 0
    page.context.close()


@pytest.mark.soak
def test_the_library_as_one_html_page_opens_in_firefox_too(quiet_site: BrowserSite, tmp_path: Path, root: Path) -> None:
    file = _library_page(quiet_site, tmp_path, root)
    with running_firefox() as phone:
        phone.goto(file.as_uri())
        assert phone.evaluate("document.querySelectorAll('#contents li').length") > 100
        phone.fill("#find", "puce vole")
        assert 0 < phone.evaluate("document.querySelectorAll('#contents li:not([hidden])').length") < 100


def _library_page(site: BrowserSite, folder: Path, root: Path) -> Path:
    run_site_command(
        site.data, root, "pack", "write", str(folder), "--channel", "fr-ML", "--html", content=site.content
    )
    [file] = folder.glob("*.html")
    return file
