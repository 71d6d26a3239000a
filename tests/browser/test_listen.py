"""People who do not read: they hear a page sentence by sentence, see its pictures, and reach what they need offline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.bad_days import BadDay
from tests.support.browser_site import run_site_command, running_site_server
from tests.support.chromium import wait_until_offline_ready, wait_until_true
from tests.support.listening import deed, give_voice, hear_next, hear_until, hide_text, last_said
from tests.support.mobile_link import MobileLink, running_link
from tests.support.spoken_site import make_spoken_site

SLOGAN = "S’informer, se défendre, sans réseau"


@pytest.fixture(scope="module")
def spoken_link(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[MobileLink]:
    data, content = make_spoken_site(tmp_path_factory.mktemp("spoken"), root / "content")
    run_site_command(
        data, root, "import", str(content)
    )  # a store that holds a recording is not new: serving takes nothing
    run_site_command(data, root, "publish", content=content)
    with running_site_server(data, root, content) as url, running_link(url) as proxy:
        yield proxy


def test_the_third_step_is_reached_by_sound_and_pictures_alone_without_a_network(
    link: MobileLink, page: Page, bad_day: BadDay
) -> None:
    give_voice(page)
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    link.down = True
    page.context.set_offline(True)
    hide_text(page)
    page.goto(f"{link.url}/fr-ML/")
    assert page.evaluate("said.length") == 0, "nothing is said unasked"
    deed(page, "play").click()
    first = "Le Bani déborde près de Djenné" if bad_day.kind == "alert" else SLOGAN
    assert last_said(page) == first
    hear_until(page, SLOGAN)
    hear_until(page, "volé ou piraté mon compte")
    expect(page.locator("main .heard")).to_have_count(1)
    deed(page, "open").click()
    page.wait_for_url("**/complaints/account")
    deed(page, "play").click()
    hear_until(page, "Compte WhatsApp volé")
    deed(page, "open").click()
    page.wait_for_url("**/guides/compte-whatsapp-vole")
    deed(page, "play").click()
    hear_until(page, "Gardez votre carte Sim")
    hear_next(page, "next")
    assert hear_next(page, "next") == "Tapez votre numéro de téléphone."
    step = page.locator("main ol > li").nth(2)
    expect(step.locator(".heard").first).to_be_in_viewport()
    expect(step.locator("use")).to_have_attribute("href", "#i-keypad")
    assert step.locator("svg").first.bounding_box() is not None


def test_a_sentence_is_paused_slowed_and_heard_again(link: MobileLink, page: Page) -> None:
    give_voice(page)
    page.goto(f"{link.url}/fr-ML/guides/compte-whatsapp-vole")
    expect(page.locator("main [data-feature=share] button").first).to_be_visible()
    before = page.locator("main").inner_html()
    deed(page, "play").click()
    hear_until(page, "Vérifiez que vous recevez des")
    deed(page, "pause").click()
    assert hear_next(page, "play") == "Vérifiez que vous recevez des S M S.", "the sentence begins again"
    assert hear_next(page, "again") == "Gardez votre carte Sim dans le téléphone.", "the step begins again"
    deed(page, "slower").click()
    expect(deed(page, "slower")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("main .heard")).to_have_text("Gardez votre carte SIM dans le téléphone.")
    hear_until(page, "Je lui envoie le code")
    hear_until(page, "Je ne le donne à personne")
    assert not page.evaluate("said.some((sentence) => sentence.includes('Tapez-le vous-même'))"), "nobody has chosen it"
    hear_until(page, "retrouver le compte")
    page.evaluate("speechSynthesis.finish()")
    expect(deed(page, "next")).to_have_count(0)
    assert page.locator("main").inner_html() == before, "the page is as it was"


def test_a_voice_that_stays_silent_says_why_and_one_of_another_language_has_no_button(
    link: MobileLink, page: Page
) -> None:
    give_voice(page, silent=True)
    page.goto(f"{link.url}/fr-ML/guides/compte-whatsapp-vole")
    deed(page, "play").click()
    expect(page.locator(".listen [role=status]")).to_contain_text("Synthèse vocale", timeout=10_000)
    expect(deed(page, "play")).to_be_visible()
    page.goto(f"{link.url}/en-ML/guides/compte-whatsapp-vole")
    expect(page.locator("nav [aria-current=page]")).to_be_visible()
    expect(page.locator(".listen")).to_have_count(0)


def test_a_letter_says_its_fields_and_blanks_and_never_what_was_typed(link: MobileLink, page: Page) -> None:
    give_voice(page)
    page.goto(f"{link.url}/fr-ML/complaints/scam/prosecutor")
    page.get_by_label("Vos nom et prénom").fill("Awa Distinctive")
    job = page.get_by_label("Votre métier")
    job.fill("éleveuse")
    deed(page, "play").click()
    hear_until(page, "Vos nom et prénom")  # of its field
    hear_until(page, "à compléter : ")
    page.locator("main form textarea").first.fill("Mes mots")
    expect(page.locator("main .letter")).to_contain_text("Mes mots")
    hear_until(page, "À qui l’envoyer")
    assert "Distinctive" not in " ".join(page.evaluate("said"))
    job.fill("")
    expect(page.locator("main .letter")).not_to_contain_text("Métier")
    job.fill("éleveuse")
    expect(page.locator("main .letter")).to_contain_text("Métier : éleveuse")  # as it was before it was heard


def test_the_home_page_offers_to_go_on_with_the_guide_that_was_heard(link: MobileLink, page: Page) -> None:
    give_voice(page)
    page.goto(f"{link.url}/fr-ML/guides/images-intimes")
    deed(page, "play").click()
    last_said(page)
    page.goto(f"{link.url}/fr-ML/guides/argent-mobile")
    deed(page, "play").click()
    last_said(page)
    page.goto(f"{link.url}/fr-ML/")
    expect(page.locator("main a.go", has_text="Continuer")).to_have_text(["Continuer : Protéger son argent mobile"])
    page.locator("main a.go", has_text="Continuer").click()
    expect(page).to_have_url(re.compile("guides/argent-mobile$"))


def test_text_size_and_colours_hold_on_every_page(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/settings")
    page.locator("main button", has_text="Plus grand").click()
    page.locator("main button", has_text="Sombre").click()
    page.goto(f"{link.url}/fr-ML/guides")
    wait_until_true(page, "getComputedStyle(document.documentElement).fontSize === '20px'")
    wait_until_true(page, "getComputedStyle(document.body).backgroundColor === 'rgb(25, 15, 8)'")
    page.goto(f"{link.url}/fr-ML/settings")
    page.locator("main button", has_text="Comme le téléphone").click()
    wait_until_true(page, "getComputedStyle(document.body).backgroundColor === 'rgb(246, 236, 217)'")
    page.goto(f"{link.url}/fr-ML/phone")
    page.locator("main button", has_text="Tout effacer").click()
    page.locator("main button", has_text="Oui, tout effacer").click()
    expect(page).to_have_url(f"{link.url}/?choose")
    assert page.evaluate("localStorage.length") == 0


@pytest.mark.spared("room", "alert", "channel", "the spoken site is one of its own, which no day meets")
def test_a_language_that_is_only_spoken_is_kept_once_and_heard_without_a_network(
    spoken_link: MobileLink, page: Page
) -> None:
    page.goto(f"{spoken_link.url}/fr-ML/")
    wait_until_offline_ready(page)
    page.goto(f"{spoken_link.url}/fr-ML/settings")
    page.locator("main label", has_text="J’entends cette langue").click()
    keep = page.locator("main button", has_text="Tout garder")
    expect(keep).to_contain_text("ko, environ")
    keep.click()
    expect(page.locator("main [role=status]")).to_contain_text("gardés sur ce téléphone")
    spoken_link.down = True
    page.context.set_offline(True)
    hide_text(page)
    page.goto(f"{spoken_link.url}/fr-ML/")
    page.locator("main .rows a", has=page.locator("use[href='#i-listen']")).click()
    page.wait_for_url("**/guides/compte-whatsapp-vole")
    deed(page, "play").click()
    expect(deed(page, "pause")).to_be_visible()
    wait_until_true(page, "document.querySelector('audio').currentTime > 0")
    for _ in range(3):
        deed(page, "next").click()
    step = page.locator("main ol > li").nth(2)
    expect(step).to_have_class(re.compile("heard"))
    expect(step).to_be_in_viewport()
    expect(step.locator("use")).to_have_attribute("href", "#i-keypad")
    deed(page, "pause").click()
    wait_until_true(page, "document.querySelector('audio').paused")
    page.context.set_offline(False)
    spoken_link.down = False
    page.goto(f"{spoken_link.url}/fr-ML/settings")
    page.locator("main button", has_text="Enlever").click()
    expect(page.locator("main button", has_text="Tout garder")).to_be_visible()
