"""Addresses outside the kept channel, on a phone without a network: never the browser's error."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.support.chromium import wait_until_offline_ready
from tests.support.mobile_link import MobileLink


def test_every_address_leads_to_a_page_or_a_sentence_without_a_network(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    link.down = True
    page.goto(f"{link.url}/fr-SN/guides/tiktok")  # what a friend in another country shared
    expect(page).to_have_url(f"{link.url}/fr-ML/guides/tiktok?instead=fr-SN")
    expect(page.locator("#status")).to_contain_text("Sans réseau, voici celle de ce téléphone")
    for spelling, path in (("/fr-ML", ""), ("/FR-ml/", ""), ("/fr-ml/guides/tiktok/", "guides/tiktok")):
        page.goto(link.url + spelling)
        expect(page).to_have_url(f"{link.url}/fr-ML/{path}")
    for unknown in ("/fr-SN/guides/inconnu", "/danger/inconnu", "/fr-ML/_shell"):
        answer = page.goto(link.url + unknown)
        assert answer is not None
        assert answer.status == 503, unknown
        expect(page.locator("main h1")).to_have_text("Cette page n’est pas dans votre téléphone")


def test_a_channel_chosen_without_a_network_leaves_the_start_where_it_was(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    link.down = True
    page.goto(f"{link.url}/fr-ML/languages")
    expect(page.locator("main a[href='../fr-ML/']")).to_contain_text("Sur ce téléphone")
    expect(page.locator("main a[href='../en-ML/']")).not_to_contain_text("Sur ce téléphone")
    page.locator("main a[href='../en-ML/']").click()
    expect(page.locator("#status")).to_contain_text("Ce que vous avez choisi viendra avec du réseau")
    page.goto(f"{link.url}/")
    expect(page).to_have_url(re.compile("/fr-ML/"))
    expect(page.locator("main h1")).to_be_visible()
    link.down = False
    page.goto(f"{link.url}/")  # the choice waited for the network
    expect(page).to_have_url(f"{link.url}/en-ML/")
