"""A new build of the app waits for a tap and never interrupts typing."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.bad_days import limit_room
from tests.support.chromium import CHECK_FOR_UPDATE, wait_until_offline_ready, wait_until_true
from tests.support.mobile_link import MobileLink

CACHES = "async () => await caches.keys()"
UPDATE_GIVEN_UP = """async () => { const one = await navigator.serviceWorker.getRegistration();
    return !one.installing && !one.waiting && (await caches.has('app-0123456789ab')) }"""
KEPT_OF_UPDATE = "async () => (await (await caches.open('app-0123456789ab')).keys()).length"
NO_ROOM = pytest.mark.spared("room", "a phone without room keeps the build that it has, as a story here shows")


@NO_ROOM
def test_a_new_build_waits_for_a_tap_then_replaces_the_old_one_whole(link: MobileLink, page: Page, newer: Path) -> None:
    page.goto(f"{link.url}/fr-ML/guides")
    wait_until_offline_ready(page)
    old = page.evaluate(CACHES)
    link.app = newer
    page.evaluate(CHECK_FOR_UPDATE)
    expect(page.locator(".toast")).to_contain_text("nouvelle version")
    page.goto(f"{link.url}/fr-ML/about")
    assert page.locator("html[data-build=newer]").count() == 0, "until the tap, the old build is at work"
    page.locator(".toast button", has_text="Mettre à jour").click()
    expect(page.locator("html[data-build=newer]")).to_have_count(1)
    assert page.evaluate(CACHES) == ["app-0123456789ab"] != old
    link.down = True
    page.goto(f"{link.url}/fr-ML/search?q=mot+de+passe")
    expect(page.locator("main .rows a").first).to_be_visible()


@NO_ROOM
def test_a_new_build_does_not_reload_over_what_is_being_written(link: MobileLink, page: Page, newer: Path) -> None:
    page.goto(f"{link.url}/fr-ML/about")
    wait_until_offline_ready(page)
    page.evaluate("() => { document.querySelector('main').append(document.createElement('textarea')) }")
    page.fill("main textarea", "Ce que j’écris")
    link.app = newer
    page.evaluate(CHECK_FOR_UPDATE)
    page.locator(".toast button", has_text="Mettre à jour").click()
    expect(page.locator(".toast")).to_contain_text("Finissez d’écrire")
    expect(page.locator("main textarea")).to_have_value("Ce que j’écris")
    page.locator(".toast button", has_text="Plus tard").click()
    expect(page.locator(".toast")).to_have_count(0)


@pytest.mark.spared("room", "channel", "the room that this story takes is its day")
def test_a_phone_without_room_for_a_new_build_keeps_the_old_one_with_its_search(
    link: MobileLink, page: Page, newer: Path
) -> None:
    page.goto(f"{link.url}/fr-ML/about")
    wait_until_offline_ready(page)
    old = page.evaluate(CACHES)
    limit_room(page.context, link.url)
    link.app = newer
    asked = len(link.asked)
    page.evaluate(CHECK_FOR_UPDATE)
    wait_until_true(page, f"({UPDATE_GIVEN_UP})()")
    assert "/app/main.js" in link.asked[asked:], "it was tried"
    assert page.evaluate(KEPT_OF_UPDATE) == 0
    assert set(old) < set(page.evaluate(CACHES))
    expect(page.locator(".toast")).to_have_count(0)
    link.down = True
    page.goto(f"{link.url}/fr-ML/search?q=mot+de+passe")
    expect(page.locator("main .rows a").first).to_be_visible()


def test_an_update_that_breaks_off_leaves_the_old_build_at_work(link: MobileLink, page: Page, newer: Path) -> None:
    page.goto(f"{link.url}/fr-ML/about")
    wait_until_offline_ready(page)
    old = page.evaluate(CACHES)
    (newer / "app/main.js").unlink()
    link.app = newer
    page.evaluate(CHECK_FOR_UPDATE)
    page.wait_for_timeout(1_000)
    expect(page.locator(".toast")).to_have_count(0)
    link.down = True
    page.goto(f"{link.url}/fr-ML/search?q=mot+de+passe")
    expect(page.locator("main .rows a").first).to_be_visible()
    assert set(old) <= set(page.evaluate(CACHES))
