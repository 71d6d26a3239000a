"""The region that a person chooses once, for the order of offices: kept with a case under its code alone."""

from __future__ import annotations

from playwright.sync_api import Page, Request, expect

from tests.support.case_steps import NO_ROOM, answer, begin, keep_under_code, open_harms
from tests.support.chromium import wait_until_offline_ready
from tests.support.mobile_link import MobileLink


@NO_ROOM
def test_the_offices_of_ones_region_come_first_and_another_page_forgets_it(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    requests: list[Request] = []
    page.context.on("request", lambda request: requests.append(request))
    link.down = True
    page.goto(f"{link.url}/fr-ML/authorities")
    region, first = page.get_by_label("Votre région"), page.locator("main section").first
    expect(first).to_contain_text("Près de chez vous")
    region.select_option("Bamako")
    expect(first).to_contain_text("À visiter dans cette région : Bamako")
    region.select_option("Kayes")
    expect(first).to_contain_text("Près de chez vous")
    expect(page.locator("main [role=status]")).to_have_text(
        "Pas de bureau connu dans votre région. Voici ceux du pays."
    )
    page.reload()
    expect(region).to_have_value("")
    begin(page, link, "image", "nnnnnn", "Bamako")
    keep_under_code(page)
    page.locator("[data-step=police] a.go").click()
    expect(page.locator(".letter")).to_contain_text("À : Brigade d’investigation judiciaire")
    expect(page.locator("main address").first).to_contain_text("BIJ")
    page.get_by_role("link", name="Retour à ma démarche").click()
    page.get_by_role("link", name="Votre région : Bamako").click()
    answer(page, "Kayes")
    expect(page.get_by_role("link", name="Votre région : Kayes")).to_be_visible()
    page.goto(f"{link.url}/fr-ML/authorities")
    expect(region).to_have_value("ML-1")
    open_harms(page, link)
    page.locator("[data-harm=image]").click()
    for _ in range(6):
        answer(page, "Non")
    expect(page.get_by_role("heading", name="Qui d’autre tient ce téléphone ?")).to_be_visible()  # it is asked once
    assert requests
    assert not [each.url for each in requests if each.method != "GET" or "ML-" in each.url.replace("fr-ML", "")]
