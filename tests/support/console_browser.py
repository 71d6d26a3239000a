"""People of the console in Chromium: the first administrator, those they invite, and what each taps and opens."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.support.console_client import PASSWORD

# The page's tab keeps both counts. A tap is a pointer that goes down; typing is none.
COUNT = """
if (top === window) {
    const add = (name) => (sessionStorage[name] = Number(sessionStorage[name] ?? 0) + 1);
    add("pages");
    addEventListener("pointerdown", ({ isTrusted }) => isTrusted && add("taps"), true);
}"""


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of a person so far. `pages`: those that were loaded; `taps`: on them."""

    pages: int
    taps: int


def become_administrator(page: Page, link: str, name: str = "awa") -> None:
    """Take the first link of a site."""
    page.goto(link)
    page.fill("[name=name]", name)
    take_password(page)


def invite(chief: Page, url: str, name: str, role: str = "editor") -> str:
    """The link by which a new account is opened."""
    chief.goto(f"{url}/console/accounts")
    chief.fill("[name=name]", name)
    chief.select_option("[name=role]", role)
    chief.click("text=Ouvrir le compte")
    return chief.locator("#link").inner_text()


def take_password(page: Page) -> None:
    """Choose the password of the link that the page has open."""
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=again]", PASSWORD)
    page.click("main button")
    expect(page.locator("h1")).to_contain_text("Bonjour")


def sign_in(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/console/sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    expect(page.locator("h1")).to_contain_text("Bonjour")


def count_from_here(page: Page) -> None:
    """Begin to count; the page that is open is not counted."""
    page.evaluate("sessionStorage.clear()")


def count_steps(*people: Page) -> Steps:
    """The steps of all of them together."""
    counts = [page.evaluate("[Number(sessionStorage.pages ?? 0), Number(sessionStorage.taps ?? 0)]") for page in people]
    return Steps(sum(pages for pages, _taps in counts), sum(taps for _pages, taps in counts))
