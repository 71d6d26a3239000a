"""The alerts in force as a phone's pages show them, read when the pages have settled."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.support.chromium import wait_until_true

IS_WHOLE = """(() => {
    const link = document.querySelector("main > a[data-until]");
    const [icon, words] = [...(link?.children ?? [])].map((child) => child.getBoundingClientRect());
    if (!words || getComputedStyle(link).display !== "flex") return false;
    const isCut = link.scrollWidth > link.clientWidth || link.scrollHeight > link.clientHeight;
    return words.left >= icon.right && !isCut && link.offsetWidth > 0.85 * innerWidth;
})()"""
EACH_ONCE = """[...document.querySelectorAll("a[href*='/alerts/']")].filter((one) => one.checkVisibility()).length
    === document.querySelectorAll("main > a[data-until]").length"""
BANNERS = "[...document.querySelectorAll('main > a[data-until]')].map((one) => one.innerText).join()"


def require_whole_banner(page: Page) -> None:
    """Fails unless the banner is a box as wide as its page, whose pictogram and words stand side by side, none cut."""
    wait_until_true(page, IS_WHOLE)


def shown_alerts(page: Page, url: str) -> dict[str, str]:
    """The alerts in force on home, another page and the list, each once; and those that the list says are over."""
    shown = {}
    for name, path in (("home", ""), ("banner", "guides/eau"), ("list", "alerts")):
        page.goto(f"{url}/fr-ML/{path}")
        if name != "list":
            wait_until_true(page, EACH_ONCE)
        shown[name] = page.evaluate(BANNERS)
    shown["over"] = " ".join(page.locator("main li").all_inner_texts())
    return shown
