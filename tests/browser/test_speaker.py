"""A speaker's afternoon on a phone: a language is opened, a guide is written and spoken in it, somebody else checks
both, and a reader hears it without a network.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.support.accessibility import accessibility_faults
from tests.support.browser_site import BrowserSite, first_link, running_site
from tests.support.chromium import PHONE, wait_until_offline_ready, wait_until_true
from tests.support.console_browser import become_administrator, invite, take_password
from tests.support.content_folder import GOOD, write
from tests.support.listening import deed

PASSAGE = ["speak", "stop", "keep"]  # what a person taps for one
BYTES_A_SECOND = 12_000 / 8
SPEAKING = 1.6  # seconds of one passage of the fake microphone

# The bytes of each posted recording: Playwright says 0 of files that a page made.
COUNT_POSTED = """globalThis.posted = [];
const post = fetch;
globalThis.fetch = (address, options) => {
    const passages = options?.body?.getAll?.("passage") ?? [];
    if (passages.length) posted.push(passages.reduce((bytes, { size }) => bytes + size, 0));
    return post(address, options);
};"""

# The page notes what a person taps; a reload keeps the list. A button without a name of its own opens a guide.
COUNT_TAPS = """
addEventListener("click", ({ isTrusted, target }) => {
    const button = target.closest("[data-voice] button");
    if (!isTrusted || !button) return;
    sessionStorage.taps = JSON.stringify([...JSON.parse(sessionStorage.taps ?? "[]"), button.dataset.tap ?? "open"]);
}, true);"""

SCRIPT = "Garder son compte.\n\nUn code, et c’est tout.\n\nUn. Un code long.\n\nDeux. Un code secret.\n"

# One part of the guide `compte` after another: title, summary, first paragraph, heading, two steps.
BAMBARA = (
    "I ka konti lakana",
    "Kode kelen, o bɛ bɔ.",
    "Kode dɔ sugandi. [Wari](x) ani [ŋunan] lajɛ.",
    "Min ka kan ka kɛ",
    "Kode jan **kelen**.",
    "Kode [gundolama].",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[BrowserSite]:
    folder = tmp_path_factory.mktemp("speaker")
    files = {**GOOD, "guides/compte/fr.audio.md": SCRIPT}
    content = write(folder / "content", {**files, "locale/en.po": (root / "content/locale/en.po").read_text("utf-8")})
    with running_site(folder / "data", root, content) as running:
        yield running


@pytest.fixture(scope="module")
def phone(speaking_browser: Browser) -> Iterator[Callable[[], BrowserContext]]:
    opened: list[BrowserContext] = []

    def one() -> BrowserContext:
        context = speaking_browser.new_context(**{**PHONE, "permissions": ["microphone"]})
        context.set_default_timeout(30_000)
        opened.append(context)
        return context

    yield one
    for context in opened:
        context.close()


@pytest.fixture(scope="module")
def chief(site: BrowserSite, phone: Callable[[], BrowserContext]) -> Page:
    return first_administrator(site, phone)


def first_administrator(site: BrowserSite, phone: Callable[[], BrowserContext]) -> Page:
    page = phone().new_page()
    become_administrator(page, first_link(site.url, site.data))
    return page


def invited(chief: Page, site: BrowserSite, phone: Callable[[], BrowserContext], name: str) -> Page:
    """The first page that a new writer sees."""
    page = phone().new_page()
    page.goto(invite(chief, site.url, name))
    take_password(page)
    return page


def open_desk(page: Page) -> None:
    """From the first page to the desk of Bambara, as somebody who was never here finds it."""
    page.click(".to-menu")
    page.locator("nav a", has_text="Traductions").click()
    if not page.locator("main a", has_text="Bamanankan").count():
        page.locator("main summary", has_text="Ouvrir une autre langue").click()
        page.select_option("[name=lang]", label="Bamanankan")
        page.get_by_role("button", name="Ouvrir", exact=True).click()
    else:
        page.locator("main a", has_text="Bamanankan").first.click()
    expect(page.locator("h1")).to_have_text("Bamanankan")


def publish(page: Page, site: BrowserSite) -> None:
    page.goto(f"{site.url}/console/publishing")
    page.click("text=Voir ce qui va changer")
    page.fill("[name=why]", "Une version en bambara")
    page.click("text=Publier pour tous les téléphones")
    expect(page.locator(".flash")).to_contain_text("C’est publié")


def read(site: BrowserSite, path: str) -> str:
    return httpx.get(f"{site.url}{path}", follow_redirects=True).text


def speak_passage(page: Page, seconds: float = SPEAKING) -> None:
    """Say one passage, hear it, keep it."""
    for name in PASSAGE:
        page.locator(f"[data-tap={name}]").click()
        if name == "speak":
            page.wait_for_timeout(seconds * 1000)


def read_taps(page: Page) -> list[str]:
    """All that was tapped in the recorder, as its page noted it."""
    taps: list[str] = page.evaluate("JSON.parse(sessionStorage.taps ?? '[]')")
    return taps


def test_a_speaker_writes_a_guide_and_an_incomplete_one_reaches_nobody(
    chief: Page, site: BrowserSite, phone: Callable[[], BrowserContext]
) -> None:
    speaker, reviewer = invited(chief, site, phone, "sira"), invited(chief, site, phone, "bakary")
    open_desk(speaker)
    assert accessibility_faults(speaker) == []
    speaker.locator("main a", has_text="Lexique").click()
    speaker.fill("[name=term]", "secret")
    speaker.fill("[name=translation]", "gundolama")
    speaker.get_by_role("button", name="Ajouter").click()
    expect(speaker.locator("main td[lang=bm]")).to_have_text("gundolama")
    speaker.locator("a.up").click()
    row = speaker.locator("tr", has_text="Garder son compte")
    row.locator("a", has_text="Écrire pas à pas").click()
    fields = speaker.locator("main textarea")
    expect(fields).to_have_count(len(BAMBARA))
    assert accessibility_faults(speaker) == []
    assert speaker.evaluate("document.documentElement.scrollWidth") <= 360
    for number, words in enumerate(BAMBARA[:-2]):
        fields.nth(number).fill(words)
    speaker.get_by_role("button", name="faire relire").click()
    wrong = speaker.locator("main [role=alert] li")
    expect(wrong).to_contain_text(["pas encore traduit", "pas encore traduit"])
    chief.goto(f"{site.url}/console/publishing/plan")
    expect(chief.locator("main")).to_contain_text("Tout est déjà publié")
    fields.nth(4).fill("Kode jan kelen.")
    fields.nth(5).fill("Kode [")
    fields.nth(5).press("End")
    speaker.locator("[data-insert='f-part-b5'], [data-terms] button").last.click()
    fields.nth(5).press("End")
    fields.nth(5).type("].")
    speaker.get_by_role("button", name="faire relire").click()
    expect(speaker.locator("main [role=alert] li")).to_contain_text(["avertissement"])
    fields.nth(4).fill(BAMBARA[4])
    speaker.get_by_role("button", name="faire relire").click()
    expect(speaker.locator(".flash")).to_contain_text("relecture est demandée")
    open_desk(reviewer)
    reviewer.locator("tr", has_text="Garder son compte").locator("a", has_text="Relire").click()
    form = reviewer.locator("form[action$='/approve']")
    form.locator("[name=speaks]").check()
    form.locator("button").click()
    expect(reviewer.locator(".flash")).to_contain_text("approuvé")
    publish(chief, site)
    guide = read(site, "/bm-ML/guides/compte")
    assert "I ka konti lakana" in guide
    assert re.search(r"Kode <a [^>]+>gundolama</a>", guide), "the link is not in its place"
    assert "bakary" in guide


def test_a_guide_is_spoken_without_a_network_in_three_taps_a_passage_and_heard_by_a_reader(
    chief: Page, site: BrowserSite, phone: Callable[[], BrowserContext]
) -> None:
    speaker, reviewer = invited(chief, site, phone, "fanta"), invited(chief, site, phone, "moussa")
    open_desk(speaker)
    speaker.add_init_script(COUNT_POSTED + COUNT_TAPS)
    speaker.locator("main a", has_text="Dire les guides").click()
    assert speaker.locator("audio").count() == 0, "nothing can be played before anything was said"
    section = speaker.locator("[data-script=compte]")
    begin = section.locator("button")
    expect(begin).to_have_text("Dire ce guide")
    assert accessibility_faults(speaker) == []
    speaker.context.set_offline(True)
    begin.click()
    assert speaker.evaluate("document.documentElement.scrollWidth") <= 360
    expect(speaker.locator(".stage .say")).to_have_text("Garder son compte.")
    speak_passage(speaker)
    expect(speaker.locator(".stage .say")).to_have_text("Un code, et c’est tout.")
    speaker.locator("[data-tap=speak]").click()
    speaker.wait_for_timeout(700)
    speaker.locator("[data-tap=stop]").click()
    speaker.locator("[data-tap=replay]").click()
    speaker.locator("[data-tap=redo]").click()
    speaker.wait_for_timeout(SPEAKING * 1000)
    speaker.locator("[data-tap=stop]").click()
    speaker.locator("[data-tap=keep]").click()
    speak_passage(speaker)
    expect(speaker.locator(".stage .say")).to_have_text("Deux. Un code secret.")
    speaker.context.set_offline(False)
    speaker.reload()
    begin = speaker.locator("[data-script=compte] button")
    expect(begin).to_have_text("Continuer")
    begin.click()
    expect(speaker.locator(".stage .say")).to_have_text("Deux. Un code secret.")
    speaker.context.set_offline(True)
    speak_passage(speaker)
    expect(speaker.locator("[data-voice-note]")).to_have_text(re.compile("Pas de réseau.*reste sur ce téléphone"))
    speaker.context.set_offline(False)
    expect(speaker.locator("[data-voice-note]")).to_contain_text("Tous les guides sont envoyés")
    said_twice = ["speak", "stop", "replay", "redo", "stop", "keep"]
    assert read_taps(speaker) == ["open", *PASSAGE, *said_twice, *PASSAGE, "open", *PASSAGE]
    [*_cut, posted] = speaker.evaluate("posted")
    assert 4 * SPEAKING * BYTES_A_SECOND / 2 < posted < 4 * (SPEAKING + 1) * BYTES_A_SECOND * 1.4, posted
    own = read_listening(speaker, site)
    expect(own).to_contain_text("C’est votre voix")
    publish_nothing(chief, site)
    approval = read_listening(reviewer, site)
    expect(approval.locator("audio")).to_have_count(1)
    approval.locator("[name=speaks]").check()
    approval.get_by_role("button", name="Approuver cette voix").click()
    expect(reviewer.locator(".flash")).to_contain_text("approuvé")
    publish(chief, site)
    hear_offline(phone().new_page(), site)


def test_a_phone_that_keeps_no_passage_says_so(
    chief: Page, site: BrowserSite, phone: Callable[[], BrowserContext]
) -> None:
    speaker = invited(chief, site, phone, "aminata")
    open_desk(speaker)
    speaker.add_init_script("IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError') }")
    speaker.locator("main a", has_text="Dire les guides").click()
    speaker.locator("[data-script=compte] button").click()
    speak_passage(speaker, 0.7)
    expect(speaker.locator("[data-voice-note]")).to_contain_text("Ce téléphone ne garde pas ce que vous dites")


def read_listening(page: Page, site: BrowserSite) -> Locator:
    page.goto(f"{site.url}/console/translations/bm/listening")
    return page.locator("main section")


def publish_nothing(page: Page, site: BrowserSite) -> None:
    """The plan of the next edition is empty: what waits for somebody's ears is in no page."""
    page.goto(f"{site.url}/console/publishing/plan")
    expect(page.locator("main")).to_contain_text("Tout est déjà publié")


def hear_offline(reader: Page, site: BrowserSite) -> None:
    """A reader keeps what is spoken in Bambara, loses the network, and hears the guide with its steps."""
    reader.goto(f"{site.url}/fr-ML/")
    wait_until_offline_ready(reader)
    reader.goto(f"{site.url}/fr-ML/settings")
    reader.locator("main label", has_text="J’entends cette langue").click()
    reader.locator("main button", has_text="Tout garder").click()
    expect(reader.locator("main [role=status]")).to_contain_text("gardés sur ce téléphone")
    reader.context.set_offline(True)
    reader.goto(f"{site.url}/fr-ML/guides/compte")
    deed(reader, "play").click()
    wait_until_true(reader, "document.querySelector('audio').currentTime > 0")
    deed(reader, "next").click()
    deed(reader, "next").click()
    expect(reader.locator("main ol > li").nth(1)).to_have_class(re.compile("heard"))
    seconds = reader.evaluate("document.querySelector('audio').duration")
    assert seconds > 4 * SPEAKING


@pytest.mark.soak
def test_one_person_speaks_all_essential_guides_offline_and_they_are_one_set(
    tmp_path: Path, root: Path, phone: Callable[[], BrowserContext]
) -> None:
    """The site's own scripts: taps and bytes are counted over all of them."""
    with running_site(tmp_path / "data", root) as site:
        chief = first_administrator(site, phone)
        speaker, reviewer = invited(chief, site, phone, "fanta"), invited(chief, site, phone, "moussa")
        open_desk(speaker)
        speaker.add_init_script(COUNT_POSTED + COUNT_TAPS)
        speaker.locator("main a", has_text="Dire les guides").click()
        guides = speaker.locator("[data-script]").count()
        assert guides == 10
        passages = speaker.locator("[data-script] li").count()
        speaker.context.set_offline(True)
        speaker.locator("[data-script] button").first.click()
        for _ in range(passages):
            speak_passage(speaker, 0.5)
        taps = read_taps(speaker)
        assert taps == ["open", *(PASSAGE * passages)]
        speaker.context.set_offline(False)
        expect(speaker.locator("[data-voice-note]")).to_contain_text("Tous les guides sont envoyés", timeout=120_000)
        for _ in range(guides):
            form = read_listening(reviewer, site).first
            form.locator("[name=speaks]").check()
            form.get_by_role("button", name="Approuver cette voix").click()
            expect(reviewer.locator(".flash")).to_contain_text("approuvé")
        publish(chief, site)
        settings = read(site, "/fr-ML/settings")
        sounds = re.findall(r"[A-Za-z0-9_-]{43}\.opus", settings)
        assert len(set(sounds)) == guides, "all guides are one download"
        size = sum(len(httpx.get(f"{site.url}/media/{name}").content) for name in set(sounds))
        seconds = passages * 0.9  # each with the silence before it
        assert size * 8 / seconds < 20_000, size
        print(f"{guides} guides, {passages} passages, {len(taps)} taps, {size} bytes")  # noqa: T201
