"""The console in Chromium: from the first link to an offline guide; every screen checked at 360 px, with and without
script.
"""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from sync.canonical import digest
from sync.editions.publishing import RESPONSE_HEAD_BYTES
from tests.support import sample_media
from tests.support.accessibility import accessibility_faults
from tests.support.browser_site import first_link, running_site_server
from tests.support.chromium import PHONE, wait_until_offline_ready
from tests.support.console_browser import become_administrator, invite, sign_in, take_password
from tests.support.content_folder import GOOD, write

Contexts = Callable[..., BrowserContext]


@dataclass
class ConsoleBrowserSite:
    """A running site: its address and its data folder."""

    url: str
    data: Path


@pytest.fixture(scope="module")
def console_site(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[ConsoleBrowserSite]:
    folder = tmp_path_factory.mktemp("console_site")
    content = write(folder / "content", {**GOOD, "locale/en.po": (root / "content/locale/en.po").read_text("utf-8")})
    with running_site_server(folder / "data", root, content) as url:
        yield ConsoleBrowserSite(url, folder / "data")


@pytest.fixture(scope="module")
def contexts(speaking_browser: Browser) -> Iterator[Contexts]:
    opened: list[BrowserContext] = []

    def one(**options: Any) -> BrowserContext:
        context = speaking_browser.new_context(**{**PHONE, "permissions": ["microphone"], **options})
        context.set_default_timeout(30_000)
        opened.append(context)
        return context

    yield one
    for context in opened:
        context.close()


@pytest.fixture(scope="module")
def chief(console_site: ConsoleBrowserSite, contexts: Contexts) -> Page:
    """The first administrator's page, signed in through the first link."""
    page = contexts().new_page()
    become_administrator(page, first_link(console_site.url, console_site.data))
    return page


def colleague(chief: Page, console_site: ConsoleBrowserSite, contexts: Contexts, name: str, role: str) -> Page:
    """The page of a new account that the administrator invited."""
    page = contexts().new_page()
    page.goto(invite(chief, console_site.url, name, role))
    take_password(page)
    return page


@pytest.fixture(scope="module")
def editor(chief: Page, console_site: ConsoleBrowserSite, contexts: Contexts) -> Page:
    return colleague(chief, console_site, contexts, "fanta", "editor")


@pytest.fixture(scope="module")
def coordinator(chief: Page, console_site: ConsoleBrowserSite, contexts: Contexts) -> Page:
    return colleague(chief, console_site, contexts, "moussa", "coordinator")


def ask_and_approve(writer: Page, reviewer: Page, url: str, speaks: bool = False) -> None:
    writer.goto(url)
    writer.click("text=Demander une relecture")
    expect(writer.locator(".flash")).to_contain_text("relecture est demandée")
    reviewer.goto(url)
    form = reviewer.locator("form[action$='/approve']")
    if speaks:
        form.locator("[name=speaks]").check()
    form.locator("button").click()
    expect(reviewer.locator(".flash")).to_contain_text("approuvé")


def publish(page: Page, console_site: ConsoleBrowserSite, channel: str, why: str) -> dict[str, int]:
    """Publish everything; return the costs displayed for the channel."""
    page.goto(f"{console_site.url}/console/publishing")
    page.click("text=Voir ce qui va changer")
    cells = page.locator(f"[data-channel={channel}] [data-cost]")
    expect(cells.last).to_be_visible()  # reading all of them waits for none
    costs = cells.evaluate_all("all => all.map(one => [one.dataset.cost, Number(one.value)])")
    page.fill("[name=why]", why)
    page.click("text=Publier pour tous les téléphones")
    expect(page.locator(".flash")).to_contain_text("C’est publié")
    return dict(costs)


def head(console_site: ConsoleBrowserSite) -> str:
    """The id of the head edition."""
    with urllib.request.urlopen(f"{console_site.url}/feed/fr-ML") as answer:
        return digest(json.loads(answer.readline())["statement"])


def slack(size: int) -> float:
    """Bytes that an update may differ from its price: a hundredth, and what another signature and digests take."""
    return max(size / 100, 40)


def until_compressed_hard(console_site: ConsoleBrowserSite, have: str, size: int) -> None:
    """Wait for the thorough compression, which runs in the background."""
    question = urllib.request.Request(f"{console_site.url}/feed/fr-ML?have={have}", headers={"accept-encoding": "br"})
    came = 0
    for _ in range(300):
        with urllib.request.urlopen(question) as answer:
            came = len(answer.read()) + RESPONSE_HEAD_BYTES
        if came <= size + slack(size):
            return
        time.sleep(0.3)
    raise AssertionError(f"{came} bytes, never the {size} that were promised")


def require_undo_of_toolbar_and_paste(page: Page) -> None:
    """A tap on the toolbar and a pasted page change the text, and the browser's own undo takes each back."""
    body = page.locator("[name=body]")
    body.fill("Deux mots")
    body.press("Control+a")
    page.locator("[data-mark=bold]").click()
    expect(body).to_have_value("**Deux mots**")
    body.press("Control+z")
    expect(body).to_have_value("Deux mots")
    body.evaluate("""field => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/html", "<h1>Titre</h1><svg><title>non</title></svg><p>Un <b>mot</b><!--[if x]>-->");
        field.setSelectionRange(0, field.value.length);
        field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, cancelable: true }));
    }""")
    expect(body).to_have_value("## Titre\n\nUn **mot**")
    body.press("Control+z")
    expect(body).to_have_value("Deux mots")


def downloaded(answers: list[Response]) -> list[int]:
    sizes = [answer.request.sizes() for answer in answers]
    return [size["responseBodySize"] + size["responseHeadersSize"] for size in sizes]


def test_from_the_first_link_to_a_phone_without_network(
    console_site: ConsoleBrowserSite, contexts: Contexts, chief: Page, editor: Page, coordinator: Page, tmp_path: Path
) -> None:
    phone = contexts()
    reader = phone.new_page()
    reader.goto(f"{console_site.url}/fr-ML/")
    wait_until_offline_ready(reader)

    (tmp_path / "ecran.jpg").write_bytes(sample_media.make_photo())
    editor.goto(f"{console_site.url}/console/media")
    editor.set_input_files("#f-image-file", tmp_path / "ecran.jpg")
    editor.fill("#f-image-label", "Un écran")
    editor.click("text=Garder cette image")
    expect(editor.locator(".flash")).to_contain_text("C’est gardé")
    editor.click("text=Enregistrer ma voix")
    editor.wait_for_timeout(2500)
    editor.click("text=Arrêter")
    expect(editor.locator("[data-recorder] audio")).to_be_visible()
    editor.fill("#f-sound-label", "Le guide lu")
    editor.click("text=Garder ce son")
    expect(editor.locator(".flash")).to_contain_text("C’est gardé")
    image = editor.locator("code", has_text=".webp").first.inner_text()

    editor.goto(f"{console_site.url}/console/writing/new")
    editor.fill("[name=title]", "Prendre une capture")
    editor.fill("[name=slug]", "capture")
    editor.click("text=Commencer")
    require_undo_of_toolbar_and_paste(editor)
    editor.fill("[name=body]", f"Gardez une preuve.\n\n{image}")
    preview = editor.frame_locator("iframe[name=preview]")
    expect(preview.locator("main")).to_contain_text("Gardez une preuve.")
    expect(preview.locator("a[data-feature=media]")).to_contain_text("Voir l’image")
    editor.select_option("[name=audio]", index=1)
    editor.click("text=Enregistrer le brouillon")
    expect(editor.locator(".flash")).to_contain_text("enregistré")

    url = f"{console_site.url}/console/writing/guide:capture:fr"
    ask_and_approve(editor, coordinator, url)
    answers: list[Response] = []
    reader.on(
        "response",
        lambda answer: answers.append(answer) if "/feed/fr-ML?have=" in answer.url and answer.status == 200 else None,
    )
    have = head(console_site)
    costs = publish(coordinator, console_site, "fr-ML", "Un guide de plus")
    until_compressed_hard(console_site, have, costs["update"])
    forget_when_asked(reader)
    with reader.expect_response(lambda answer: "/feed/fr-ML?have=" in answer.url, timeout=60_000):
        reader.reload()
    expect(reader.locator("#status")).to_contain_text("Prêt hors ligne")
    reader.goto(f"{console_site.url}/fr-ML/guides/capture")
    expect(reader.locator("h1")).to_have_text("Prendre une capture")
    assert answers, "the phone asked for news"
    [bytes_] = downloaded(answers)
    assert abs(bytes_ - costs["update"]) <= slack(costs["update"]), (bytes_, costs)

    fresh = contexts().new_page()
    new: list[Response] = []
    fresh.on(
        "response", lambda answer: new.append(answer) if "/feed/fr-ML" in answer.url and answer.status == 200 else None
    )
    fresh.goto(f"{console_site.url}/fr-ML/")
    wait_until_offline_ready(fresh)
    [bytes_] = downloaded(new)
    # Said as "about": what a new phone took before, and the update beside it; one piece compresses better.
    assert 0.99 * (costs["new"] - costs["update"]) <= bytes_ <= 1.02 * costs["new"], (bytes_, costs)

    link = reader.locator("a[data-feature=media]")
    expect(link).to_contain_text("environ")
    link.click()
    expect(reader.locator("main img")).to_be_visible()
    reader.click("text=Garder ce son hors ligne")
    expect(reader.locator("main")).to_contain_text("Ce son est gardé")
    phone.set_offline(True)
    reader.reload()
    expect(reader.locator("h1")).to_have_text("Prendre une capture")
    expect(reader.locator("main img")).to_be_visible()
    assert reader.locator("main img").evaluate("image => image.naturalWidth") == 960
    status = reader.evaluate(
        "async () => (await fetch(document.querySelector('audio').src, {headers: {range: 'bytes=0-9'}})).status"
    )
    assert status == 206
    length = reader.evaluate("""() => new Promise(done => { const sound = document.querySelector('audio');
        sound.onloadedmetadata = () => done(sound.duration); sound.onerror = () => done(-1);
        sound.preload = 'auto'; sound.load(); })""")
    assert length > 1


def forget_when_asked(page: Page) -> None:
    """Clear the time of the last request, so that the phone asks when a page opens."""
    page.evaluate("""async () => { const [{name}] = await indexedDB.databases();
        await new Promise(done => { const open = indexedDB.open(name); open.onsuccess = () => {
            const base = open.result;
            const store = base.transaction('settings', 'readwrite').objectStore('settings');
            const gone = store.delete('asked');
            gone.onsuccess = () => { base.close(); done(); }; }; }); }""")


def test_a_translation_stays_out_until_a_speaker_reviewed_it(
    console_site: ConsoleBrowserSite, editor: Page, coordinator: Page
) -> None:
    editor.goto(f"{console_site.url}/console/translations?kind=guide")
    editor.locator("tr", has_text="Garder son compte").locator("a", has_text="manque").click()
    editor.click("text=Commencer")
    expect(editor.locator("details.original")).to_contain_text("Choisissez un code.")
    editor.fill("[name=title]", "I ka konti lakana")
    editor.fill("[name=summary]", "Kode kelen.")
    body = "Kode dɔ sugandi. [Wari](guide:argent) ani [ŋunan](complaint:scam) lajɛ.\n\n## Min ka kan ka kɛ\n\n"
    editor.fill("[name=body]", body + "1. Kode jan **kelen**.\n2. Kode [gundolama](https://example.org/code).")
    editor.click("text=Enregistrer le brouillon")
    url = f"{console_site.url}/console/writing/guide:compte:bm"
    coordinator.goto(f"{console_site.url}/console/publishing/plan")
    assert "I ka konti" not in coordinator.locator("main").inner_text()
    ask_and_approve(editor, coordinator, url, speaks=True)
    publish(coordinator, console_site, "bm-ML", "La première traduction")
    reader = editor.context.new_page()
    reader.goto(f"{console_site.url}/bm-ML/guides/compte")
    expect(reader.locator("h1")).to_have_text("I ka konti lakana")
    reader.close()


def test_two_editors_collide_and_nothing_is_lost(
    console_site: ConsoleBrowserSite, editor: Page, coordinator: Page
) -> None:
    url = f"{console_site.url}/console/writing/guide:argent:fr"
    for page, title in ((editor, "Le titre de Fanta"), (coordinator, "Le titre de Moussa")):
        page.goto(f"{url}/edit")
        page.fill("[name=title]", title)
    editor.click("text=Enregistrer le brouillon")
    coordinator.click("text=Enregistrer le brouillon")
    expect(coordinator.locator(".flash")).to_contain_text("Rien n’est perdu")
    beside = coordinator.locator(".sides").first
    expect(beside).to_contain_text("Le titre de Fanta")
    expect(beside).to_contain_text("Le titre de Moussa")
    coordinator.fill("[name=title]", "Le titre des deux")
    coordinator.click("text=Enregistrer le brouillon")
    expect(coordinator).to_have_url(url)
    editor.goto(url)
    expect(editor.locator("h1")).to_have_text("Le titre des deux")
    expect(editor.locator("main")).not_to_contain_text("Deux textes à régler")


def test_an_office_gets_a_fact_while_the_rest_of_the_form_stays(console_site: ConsoleBrowserSite, editor: Page) -> None:
    url = f"{console_site.url}/console/writing/authorities:ML:fr"
    editor.goto(f"{url}/edit")
    editor.click("summary:has-text('1. Procureur du Pôle')")
    editor.fill("[name='authorities.0.phone']", "80 00 11 22")
    editor.click("summary:has-text('Faits (1)')")
    editor.click("button[value='add:authorities.0.facts']")
    editor.fill("[name='authorities.0.facts.1.text']", "C’est gratuit.")
    editor.fill("[name='authorities.0.facts.1.source.title']", "Une radio")
    editor.fill("[name='authorities.0.facts.1.source.published']", "2026-11")
    expect(editor.locator("[name='authorities.0.phone']")).to_have_value("80 00 11 22")
    editor.click("button[value='up:authorities.0.facts.1']")
    expect(editor.locator("[name='authorities.0.facts.0.text']")).to_have_value("C’est gratuit.")
    expect(editor.locator("main")).to_contain_text("pas encore enregistré")
    editor.locator("button:has-text('Enregistrer le brouillon')").last.click()
    expect(editor.locator(".flash")).to_contain_text("enregistré")
    expect(editor.locator(".paragraphs")).to_contain_text("80 00 11 22")


def screens(page: Page, console_site: ConsoleBrowserSite) -> Iterator[str]:
    """Every screen that is reachable by links, one per kind of address."""
    documents = ("guide:argent:fr", "authorities:ML:fr", "route:ANY:fr", "places:ML", "topics", "site")
    editors = [f"/console/writing/{id}/edit" for id in documents]
    waiting, visited, shapes = ["/console/", *editors, "/console/me/second"], set(), set()
    while waiting:
        path = waiting.pop(0)
        shape = re.sub(r"writing/([a-z]+)[^/?]*", r"\1", path.partition("?")[0])
        shape = re.sub(
            r"(publishing|accounts|again|forms|feedback|devices|alerts|rumours|briefs)/[^/?]+", r"\1/x", shape
        )
        if path in visited or shape in shapes or path.endswith("/preview"):
            continue
        visited.add(path)
        shapes.add(shape)
        answer = page.goto(console_site.url + path)
        assert answer is not None
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        assert answer.status == 200, path
        yield path
        hrefs = page.locator("a[href^='/console/']:not([download])").evaluate_all(
            "all => all.map(link => link.getAttribute('href'))"
        )
        waiting += [href for href in hrefs if href not in visited]


def test_every_screen_is_accessible_and_fits_a_phone(console_site: ConsoleBrowserSite, chief: Page) -> None:
    chief.emulate_media(color_scheme="light")
    faults = [(path, fault) for path in screens(chief, console_site) for fault in accessibility_faults(chief)]
    assert faults == []


@pytest.mark.soak
def test_every_screen_has_contrast_in_the_dark(console_site: ConsoleBrowserSite, chief: Page) -> None:
    chief.emulate_media(color_scheme="dark")
    faults = [(path, fault) for path in screens(chief, console_site) for fault in accessibility_faults(chief)]
    assert faults == []


def test_the_whole_road_works_without_script(
    console_site: ConsoleBrowserSite, contexts: Contexts, chief: Page, editor: Page
) -> None:
    page = contexts(java_script_enabled=False).new_page()
    sign_in(page, console_site.url, "fanta")  # the editor
    for path in screens(page, console_site):
        assert page.locator("main h1").count() == 1, path
    page.goto(f"{console_site.url}/console/writing/new")
    page.fill("[name=title]", "Sans script")
    page.fill("[name=slug]", "sans-script")
    page.click("text=Commencer")
    page.fill("[name=body]", "Un texte.")
    page.click("button:has-text('Voir')")
    expect(page.frame_locator("iframe[name=preview]").locator("main")).to_contain_text("Un texte.")
    page.click("text=Enregistrer le brouillon")
    page.click("text=Demander une relecture")
    expect(page.locator("main")).to_contain_text("Une autre personne doit relire")
    page.goto(f"{console_site.url}/console/writing")
    page.select_option("[name=state]", "review")
    page.click("text=Filtrer")
    expect(page.locator("#found tbody tr")).to_have_count(1)
    page.goto(f"{console_site.url}/console/writing/places:ML/edit")
    page.click("button:has-text('Ajouter : Lieux')")
    page.fill("[name='places.2.code']", "ML-2")
    page.fill("[name='places.2.name']", "Koulikoro")
    page.click("button[value='up:places.2']")
    expect(page.locator("[name='places.1.code']")).to_have_value("ML-2")
    page.locator("button:has-text('Enregistrer le brouillon')").first.click()
    expect(page.locator(".flash")).to_contain_text("enregistré")
