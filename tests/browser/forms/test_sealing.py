"""Sealing keys made in the browser: answers sealed on a phone open in the console and on the command line."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from tests.support import repository
from tests.support.bad_days import BadDay, write_alert
from tests.support.browser_form_site import FORMS, FormSite, begin_form, enrol, fill_visit, finish_form, write_png
from tests.support.browser_site import first_link, run_site_command, running_site_server
from tests.support.chromium import PhoneFactory, wait_until_offline_ready
from tests.support.content_folder import GOOD, write
from tests.support.mobile_link import MobileLink

PASSWORD = "lampe tortue violon nuage"
PHRASE = "lune rouge sur le fleuve"
WORD = 'Zeinabou, =1+1, "ɛ"'


@dataclass
class SealedFormsSite:
    field: FormSite
    chief: Page
    folder: Path

    def run(self, *command: str) -> str:
        return run_site_command(self.field.data, repository.ROOT, *command)


@pytest.fixture
def site(tmp_path: Path, root: Path, bad_day: BadDay) -> Iterator[FormSite]:
    """A site without sealing keys."""
    content = write(tmp_path / "content", {**GOOD, **FORMS})
    with running_site_server(tmp_path / "data", root, content) as url:
        if bad_day.kind == "alert":
            run_site_command(tmp_path / "data", root, "alert", "send", str(write_alert(tmp_path)), content=content)
        yield FormSite(url, tmp_path / "data", content, ())


@pytest.fixture
def link(site: FormSite) -> MobileLink:
    """The phone's link, which nothing breaks."""
    return MobileLink(site.url, site.url)


@pytest.fixture
def console_site(site: FormSite, phones: PhoneFactory, tmp_path: Path) -> SealedFormsSite:
    """The site, and its first administrator in the console."""
    chief = phones(accept_downloads=True).new_page()
    chief.goto(first_link(site.url, site.data))
    for name, value in (("name", "awa"), ("password", PASSWORD), ("again", PASSWORD)):
        chief.fill(f"[name={name}]", value)
    chief.click("main button")
    expect(chief.locator("h1")).to_contain_text("Bonjour, awa")
    return SealedFormsSite(site, chief, tmp_path)


def made(page: Page, kind: str, names: tuple[str, ...], folder: Path) -> list[Path]:
    """Make keys in the page; it offers the files for download and requires each to be saved before it registers the
    keys.
    """
    form = page.locator(f"form[data-make-keys={kind}]")
    first, again = form.locator("input[type=password]").all()
    first.fill("trop court")
    again.fill("trop court")
    first.evaluate("field => field.removeAttribute('minlength')")
    form.locator("button:visible").click()
    first.fill(PHRASE)
    again.fill(PHRASE + "s")
    first.evaluate("field => field.minLength = 12")
    form.locator("button:visible").click()
    expect(form.locator("[data-said]")).to_contain_text("ne sont pas les mêmes")
    again.fill(PHRASE)
    form.locator("button:visible").click()
    files = []
    for name in names:
        assert not form.locator("[data-keep]").is_visible(), "not before every file is kept"
        with page.expect_download() as coming:
            form.locator("a", has_text=name).click()
        files.append(folder / coming.value.suggested_filename)
        coming.value.save_as(files[-1])
    form.locator("[data-keep]").click()
    expect(page.locator(".flash")).to_contain_text("sont enregistrées")
    return files


def tried(page: Page, file: Path, phrase: str = PHRASE) -> None:
    page.set_input_files("#f-try", file)
    page.fill("#try-phrase", phrase)
    page.locator("form[data-try-key] button").click()


def opened(page: Page, url: str, file: Path, phrase: str = PHRASE) -> None:
    page.goto(f"{url}/console/feedback/open/scellee")
    page.set_input_files("#f-key", file)
    page.fill("#f-phrase", phrase)
    page.locator("form[data-open-sealed] button").click()


def said(page: Page, words: str) -> None:
    expect(page.locator("form[data-open-sealed] [data-said], form[data-try-key] [data-said]")).to_contain_text(words)


def require_a_sentence_without_the_script(page: Page, address: str) -> None:
    """The part of the page that makes keys does not come: it says so, and its button cannot be pressed."""
    page.route("**/make-keys-*.js", lambda route: route.abort())
    page.goto(address)
    form = page.locator("form[data-make-keys]")
    expect(form.locator("[data-said]")).to_contain_text("Rechargez la page")
    expect(form.locator("button").first).to_be_disabled()
    page.unroute("**/make-keys-*.js")


def test_keys_made_in_the_page_open_what_a_phone_sealed_there_and_on_the_command_line(
    console_site: SealedFormsSite, phones: PhoneFactory, root: Path
) -> None:
    page, url = console_site.chief, console_site.field.url
    errors: list[str] = []
    require_a_sentence_without_the_script(page, f"{url}/console/feedback/keys")
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"{url}/console/feedback/keys")
    key, recovery = made(page, "both", ("la clé", "copie de secours"), console_site.folder)
    assert "PRIVATE KEY" not in key.read_text() and key.read_text() != recovery.read_text()
    tried(page, key, "une autre phrase")
    said(page, "n’ouvre pas cette clé")
    tried(page, key)
    expect(page.locator(".flash")).to_contain_text("Essayez aussi l’autre")
    tried(page, recovery)
    expect(page.locator(".flash")).to_contain_text("publiez")
    expect(page.locator("main table")).to_contain_text("En usage")
    console_site.run("publish")

    phone = phones().new_page()
    phone.goto(f"{url}/fr-ML/")
    wait_until_offline_ready(phone)
    enrol(phone, url, console_site.field.code())
    begin_form(phone, url, "scellee")
    fill_visit(phone, WORD, (3, 7), write_png(console_site.folder / "photo.png", 900, 700))
    code = finish_form(phone)
    expect(phone.locator("main")).to_contain_text("Reçue.")

    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))
    opened(page, url, key, "une autre phrase")
    said(page, "n’ouvre pas cette clé")
    opened(page, url, key)
    said(page, "Ouvertes : 1 sur 1")
    page.locator("summary", has_text=code).click()
    expect(page.locator(".answers")).to_contain_text(WORD)
    expect(page.locator(".answers")).to_contain_text("Enfant de 7 ans")
    page.locator(".answers button", has_text="Ouvrir la pièce jointe").click()
    expect(page.locator(".answers img")).to_be_visible()
    assert page.locator(".answers img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 900
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it fits the phone"
    axe = (root / "pwa/node_modules/axe-core/axe.min.js").read_text("utf-8")
    page.evaluate(axe)
    assert (
        page.evaluate("async () => (await axe.run('main')).violations.map(one => one.id + ': ' + one.nodes[0].html)")
        == []
    )
    sheets = {}
    for link in page.locator("[data-opened] a[download$='.csv']").all():
        with page.expect_download() as coming:
            link.click()
        sheets[coming.value.suggested_filename.removeprefix("scellee-")] = coming.value.path().read_bytes()
    assert {request.method for request in requests} == {"GET"}, "nothing of what was opened is sent"
    assert errors == [], "the page's policy held"

    phrase = console_site.folder / "phrase"
    phrase.touch(0o600)
    phrase.write_text(PHRASE)
    for file in (key, recovery):
        out = console_site.folder / f"{file.stem}.zip"
        console_site.run(
            "feedback", "open", str(out), "--key", str(file), "--passphrase-file", str(phrase), "--form", "scellee"
        )
        with zipfile.ZipFile(out) as archive:
            assert {name: archive.read(name) for name in archive.namelist()} == sheets, (
                "the command line writes the same bytes"
            )
    assert "Zeinabou" in sheets["reponses.csv"].decode() and "Enfant de 3 ans" in sheets["enfants.csv"].decode()

    page.goto(f"{url}/console/feedback/keys")
    [second] = made(page, "key", ("la clé",), console_site.folder)
    tried(page, second)
    expect(page.locator(".flash")).to_contain_text("Essayez aussi l’autre")
    tried(page, recovery)
    expect(page.locator(".flash")).to_contain_text("publiez")
    opened(page, url, second)
    said(page, "Ouvertes : 0 sur 1. Scellées pour une autre clé : 1")
    opened(page, url, key)
    said(page, "Ouvertes : 1 sur 1")
