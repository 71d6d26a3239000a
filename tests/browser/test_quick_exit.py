"""The quick exit: a page of numbers stands where pages about harm were, and "back" leads to none of them."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.chromium import wait_until_offline_ready
from tests.support.mobile_link import MobileLink


def test_back_finds_no_page_about_harm_after_the_exit(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    link.down = True
    page.locator("main a[href*=complaints]").first.click()
    page.locator("main .rows a").first.click()
    page.wait_for_url("**/complaints/*")
    page.locator("main .go[href*='/']", has_text="Voir la lettre").first.click()
    page.wait_for_url("**/complaints/*/*")
    page.get_by_label("Application ou site").fill("TikTok")
    box = page.locator("[data-exit]").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 200, "the exit is in sight at once"
    page.mouse.wheel(0, 2_000)
    expect(page.locator("[data-exit]")).to_be_in_viewport()
    page.locator("[data-exit]").click()
    page.wait_for_url(f"{link.url}/app/table.html")
    expect(page).to_have_title("Table")
    assert "unnafoni" not in page.content()
    assert page.evaluate("sessionStorage.length") == 0
    for _ in range(5):
        if page.go_back() is None:
            break
        assert "complaints" not in page.url
    assert "complaints" not in page.url


def test_the_exit_of_a_form_leaves_its_screens(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    link.down = True
    page.goto(f"{link.url}/fr-ML/forms/question")
    page.get_by_role("button", name="Commencer").click()
    page.get_by_role("button", name="Sortie rapide").click()
    page.wait_for_url(f"{link.url}/app/table.html")
    page.go_back()
    assert "forms" not in page.url
