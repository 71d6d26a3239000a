"""A phone with the app of an earlier release on the current site: what it could do it does, what is new asks for an
update, and the update keeps what was begun.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.browser_form_site import (
    FormSite,
    begin_form,
    expect_question,
    fill_visit,
    finish_form,
    open_and_enrol,
    tap_send,
    write_png,
)
from tests.support.browser_site import running_site_server
from tests.support.chromium import CHECK_FOR_UPDATE, PhoneFactory
from tests.support.kept_release import KeptRelease, kept_releases
from tests.support.mobile_link import running_link


@pytest.mark.spared("alert", "room", "channel", "the link of this story leads to a server of its own")
@pytest.mark.parametrize("release", kept_releases(), ids=lambda release: release.folder.name)
def test_an_older_app_fills_and_sends_and_keeps_its_draft_through_the_update(
    site: FormSite, phones: PhoneFactory, release: KeptRelease, tmp_path: Path, root: Path
) -> None:
    release.unpack("app", tmp_path)
    with (
        running_site_server(site.data, root, site.content, app=tmp_path / "app") as older,
        running_link(older) as link,
    ):
        page = phones().new_page()
        open_and_enrol(page, site, link)
        begin_form(page, link.url, "visite")
        fill_visit(page, "Le puits est à sec.", (4,), write_png(tmp_path / "photo.png", 60, 40))
        code = finish_form(page)
        page.goto(f"{link.url}/fr-ML/forms")
        tap_send(page)
        expect(page.locator(f"[data-code='{code}']")).to_contain_text("Reçu")
        page.goto(f"{link.url}/fr-ML/forms/tout")
        expect(page.locator("main")).to_contain_text("demande une version plus récente de l’application")
        begin_form(page, link.url, "visite")
        page.fill("form.sheet input", "Commencée avant")
        expect(page.locator("form.sheet")).to_contain_text("Gardé sur ce téléphone")
        link.target = site.url
        page.evaluate(CHECK_FOR_UPDATE)
        page.goto(f"{link.url}/fr-ML/about")
        page.locator(".toast button", has_text="Mettre à jour").click()
        expect(page.locator(".toast")).to_have_count(0)
        page.goto(f"{link.url}/fr-ML/forms")
        page.locator("main a[href*='#draft=']").click()
        expect_question(page, "Qu’avez-vous entendu")
        expect(page.locator("form.sheet input")).to_have_value("Commencée avant")
