"""A form that the coordination tries in the console, then withdraws while a facilitator is filling it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.bad_days import BadDay, write_alert
from tests.support.browser_form_site import (
    FormSite,
    begin_form,
    expect_question,
    fill_visit,
    finish_form,
    open_and_enrol,
    running_form_site,
    tap_next,
    tap_send,
)
from tests.support.browser_site import first_link, run_site_command
from tests.support.chromium import PhoneFactory
from tests.support.mobile_link import MobileLink

PASSWORD = "lampe tortue violon nuage"


@pytest.fixture
def site(tmp_path: Path, root: Path, bad_day: BadDay) -> Iterator[FormSite]:
    """A site of the story's own: a form leaves it."""
    with running_form_site(tmp_path, root) as running:
        if bad_day.kind == "alert":
            alert = str(write_alert(tmp_path))
            run_site_command(running.data, root, "alert", "send", alert, content=running.content)
        yield running


@pytest.fixture
def link(site: FormSite) -> MobileLink:
    """The phone's link, which nothing breaks."""
    return MobileLink(site.url, site.url)


def test_a_form_is_tried_in_the_console_then_withdrawn_and_what_was_begun_still_arrives(
    site: FormSite, link: MobileLink, page: Page, phones: PhoneFactory, root: Path
) -> None:
    open_and_enrol(page, site, link)
    page.context.set_offline(True)
    begin_form(page, link.url, "visite")
    page.fill("form.sheet input", "À moitié")
    tap_next(page)
    expect(page.locator("form.sheet")).to_contain_text("Gardé sur ce téléphone")
    chief = phones().new_page()
    sign_in(chief, site)
    try_in_frame(chief, site)
    chief.locator("summary", has_text="Retirer ce formulaire").click()
    chief.locator("button.bad", has_text="Retirer").click()
    expect(chief.locator("main")).to_contain_text("n’est plus proposé")
    run_site_command(site.data, root, "publish", content=site.content)
    page.context.set_offline(False)
    page.goto(f"{link.url}/fr-ML/phone")
    page.locator("main button", has_text="Vérifier maintenant").click()
    expect(page.locator("main [role=status]").first).to_contain_text("nouvelles pages")
    page.goto(f"{link.url}/fr-ML/forms")
    expect(page.locator("main .rows a[href$='forms/visite']")).to_have_count(0)
    page.context.set_offline(True)
    page.locator("main a", has_text="Touchez pour continuer").click()
    expect_question(page, "La personne est d’accord")
    page.locator("button", has_text="Continuer plus tard").click()
    page.locator("main a", has_text="Touchez pour continuer").click()
    page.locator("form.sheet button", has_text="Retour").click()
    fill_visit(page, "Fini après le retrait")
    code = finish_form(page)
    page.context.set_offline(False)
    page.goto(f"{link.url}/fr-ML/forms")
    tap_send(page)
    expect(page.locator(f"main [data-code='{code}'][data-state=received]")).to_have_count(1)


def sign_in(page: Page, site: FormSite) -> None:
    page.goto(first_link(site.url, site.data))
    for name, value in (("name", "awa"), ("password", PASSWORD), ("again", PASSWORD)):
        page.fill(f"[name={name}]", value)
    page.click("main button")
    expect(page.locator("h1")).to_contain_text("Bonjour, awa")


def try_in_frame(page: Page, site: FormSite) -> None:
    """Fill the form in the phone's frame to its end, which keeps and sends nothing."""
    page.goto(f"{site.url}/console/feedback/forms/visite")
    frame = page.frame_locator("iframe")
    frame.locator("form.sheet input").fill("Pour voir")
    frame.locator("button", has_text="Suivant").click()
    frame.locator("label", has_text="Non").click()
    frame.locator("button", has_text="Suivant").click()
    frame.locator("button", has_text="Suivant").click()
    frame.locator("button", has_text="Non, aucun").click()
    frame.locator("button", has_text="Suivant").click()
    frame.locator("button", has_text="Finir l’exercice").click()
    expect(frame.locator("main")).to_contain_text("Rien n’a été envoyé ni gardé")
    expect(frame.locator(".answers")).to_contain_text("Pour voir")
    expect(frame.locator("pre")).to_contain_text('"accord": "non"')
