"""A recording, a rounded position and a form's image: small, coarse, and only after a tap."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator

import av
import pytest
from playwright.sync_api import Browser, BrowserContext, Geolocation, Page, Playwright, expect

from tests.support.bad_days import BadDay
from tests.support.browser_form_site import FormSite, begin_form, expect_question, finish_form, open_and_enrol, tap_next
from tests.support.chromium import FLAGS, PHONE, chromium_path
from tests.support.mobile_link import MobileLink

MICROPHONE = ["--use-fake-device-for-media-stream"]  # it beeps once a second
HERE = Geolocation(latitude=12.6392316, longitude=-8.0028892)


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, *MICROPHONE])
    yield browser
    browser.close()


@pytest.fixture
def phone(chromium: Browser, link: MobileLink, bad_day: BadDay) -> Iterator[BrowserContext]:
    context = chromium.new_context(**PHONE, geolocation=HERE)
    context.set_default_timeout(20_000)
    bad_day.meet(context, link)
    yield context
    context.close()


def test_a_voice_and_a_rounded_place_are_kept_and_arrive(
    site: FormSite, link: MobileLink, phone: BrowserContext
) -> None:
    known = {record.id for record in site.records("submission:")}
    phone.grant_permissions(["microphone", "geolocation"])
    page = phone.new_page()
    open_and_enrol(page, site, link)
    link.down = True
    begin_form(page, link.url, "terrain")
    expect_question(page, "Où êtes-vous")
    page.locator("button", has_text="Prendre ma position").click()
    expect(page.locator("form.sheet [role=status]")).to_have_text("12.64 -8.00")
    expect(page.locator("form.sheet")).to_contain_text("Gardé sur ce téléphone")
    tap_next(page)
    record(page, 2)
    page.reload()  # it was kept
    expect(page.locator("form.sheet audio")).to_be_visible()
    tap_next(page)
    expect_question(page, "Vérifiez")
    link.down = False
    code = finish_form(page)
    expect(page.locator("main")).to_contain_text("Reçue.")
    texts = [record.body["text"] for record in site.records("submission:") if record.id not in known]
    [submission] = [json.loads(text) for text in texts if '"terrain"' in text]
    assert submission["answers"] == {"ou": "12.64 -8.00", "voix": 0}, code
    [(digest, size, kind)] = submission["files"]
    assert kind == "audio/webm"
    assert size < 20_000, "a voice, small"
    with av.open(io.BytesIO(site.attachment(digest, size)), "r") as sound:
        lengths = [frame.samples / frame.sample_rate for frame in sound.decode(audio=0)]
    assert 1 < sum(lengths) < 10


def record(page: Page, seconds: int) -> None:
    expect_question(page, "Racontez")
    page.locator("button", has_text="Enregistrer").click()
    later = "|".join(map(str, range(seconds, 60)))  # a busy machine does not see every second
    expect(page.locator("form.sheet [role=status]")).to_contain_text(re.compile(f"J’enregistre : ({later}) s"))
    page.locator("button", has_text="Arrêter").click()
    expect(page.locator("form.sheet [role=status]")).to_contain_text("Gardé : ")
    expect(page.locator("form.sheet small", has_text="Gardé sur ce téléphone")).to_be_visible()


def test_a_refused_microphone_or_place_is_said_and_nothing_is_lost(
    site: FormSite, link: MobileLink, phone: BrowserContext
) -> None:
    phone.grant_permissions([])
    page = phone.new_page()
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError') }"
    )
    open_and_enrol(page, site, link)
    begin_form(page, link.url, "terrain")
    page.locator("button", has_text="Prendre ma position").click()
    expect(page.locator("form.sheet [role=status]")).to_contain_text("refuse sa position")
    tap_next(page)
    expect(page.locator("[role=alert]")).to_contain_text("Il faut une réponse ici")
    phone.grant_permissions(["geolocation"])
    page.locator("button", has_text="ma position").click()
    expect(page.locator("form.sheet [role=status]")).to_have_text("12.64 -8.00")
    tap_next(page)
    page.locator("button", has_text="Enregistrer").click()
    expect(page.locator("form.sheet [role=status]")).to_contain_text("refuse son micro")


def test_a_window_that_keeps_nothing_says_so_before_the_first_word(link: MobileLink, page: Page) -> None:
    page.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError') }")
    page.goto(f"{link.url}/fr-ML/forms/utilite")
    expect(page.locator("main")).to_contain_text("Cette fenêtre ne garde rien")
    expect(page.locator("main button", has_text="Commencer")).to_have_count(0)


def test_a_forms_images_come_before_at_a_tap_and_are_seen_without_a_network(
    site: FormSite, link: MobileLink, page: Page
) -> None:
    site.picture()
    open_and_enrol(page, site, link)
    page.goto(f"{link.url}/fr-ML/forms/images")
    ahead = page.locator("main button", has_text="Garder hors ligne les images et les sons de cette fiche (1)")
    ahead.wait_for()
    assert not [path for path in link.asked if path.startswith("/media/")], "nothing before the tap"
    link.fate = lambda path: "lost" if path.startswith("/media/") else ""
    ahead.click()
    expect(page.locator("main [role=status]", has_text="Le réseau a coupé")).to_be_visible()
    link.fate = None
    ahead.click()
    expect(page.locator("main [role=status]", has_text="Gardés")).to_be_visible()
    link.down = True
    begin_form(page, link.url, "images")
    assert page.locator("form.sheet img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 40
    page.goto(f"{link.url}/fr-ML/forms/images")
    page.locator("main button", has_text="Commencer").wait_for()
    expect(ahead).to_have_count(0)


def test_an_image_beside_a_question_comes_at_a_tap_and_stays(site: FormSite, link: MobileLink, page: Page) -> None:
    site.picture()
    open_and_enrol(page, site, link)
    begin_form(page, link.url, "images")
    bring = page.locator("form.sheet button", has_text="Voir l’image")
    bring.wait_for()
    assert not [path for path in link.asked if path.startswith("/media/")], "nothing before the tap"
    link.down = True
    bring.click()
    expect(page.locator("form.sheet .picture")).to_contain_text("Le réseau a coupé")
    link.down = False
    bring.click()
    image = page.locator("form.sheet img")
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 40
    link.down = True
    begin_form(page, link.url, "images")
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 40
    assert len([path for path in link.asked if path.startswith("/media/")]) == 1
