"""A page is handed on: as words with the steps, as a copy, as a code that a camera reads. All offline."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from PIL import Image
from playwright.sync_api import Page, expect

from tests.support.chromium import PhoneFactory, wait_until_offline_ready, wait_until_true
from tests.support.mobile_link import MobileLink
from tests.support.qr_codes import read_code

GUIDE = "/fr-ML/guides/compte-whatsapp-vole"
NOTICE = "/fr-ML/notices/depot-par-erreur"
BAD, SHEET, INK = (125, 21, 12), (255, 250, 240), (38, 22, 12)
LONGEST_WORDS = """() => {
    document.querySelector("main h1").textContent = "Un titre aussi long ".repeat(6)
    const claim = document.querySelector("main blockquote").lastChild
    claim.textContent = "mot".repeat(60) + " Le message dit encore".repeat(90)
}"""
SHARE_SHEET = "navigator.share = async (data) => { window.shared = data }"
NO_SHARE_SHEET = "delete Navigator.prototype.share"


def test_the_steps_travel_with_the_address_and_without_a_network(link: MobileLink, phones: PhoneFactory) -> None:
    page = _offline_phone(link, phones, SHARE_SHEET)
    page.goto(f"{link.url}{GUIDE}?fbclid=abc")
    page.get_by_role("button", name="Partager cette page").click()
    wait_until_true(page, "window.shared")
    text = page.evaluate("window.shared.text")
    assert text.startswith("Compte WhatsApp volé : le reprendre\n1. Gardez votre carte SIM dans le téléphone.\n2. ")
    assert text.endswith(f"\n{link.url}{GUIDE}")
    assert len(text) < 900
    page.goto(f"{link.url}/fr-ML/complaints/scam")
    page.get_by_role("button", name="Partager cette page").click()
    wait_until_true(page, "window.shared?.text.includes('\\n1. ')")


def test_where_no_sheet_is_the_words_are_copied_or_another_camera_reads_the_address(
    link: MobileLink, phones: PhoneFactory
) -> None:
    page = _offline_phone(link, phones, NO_SHARE_SHEET)
    page.goto(link.url + GUIDE)
    expect(page.get_by_role("button", name="Partager cette page")).to_have_count(0)
    page.get_by_role("button", name="Copier pour un message").click()
    expect(page.get_by_text("C’est copié")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith(GUIDE)
    page.get_by_role("button", name="Montrer un code").click()
    code = page.get_by_role("img", name="Code à scanner")
    expect(code).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert read_code(_squares(code.locator("path").get_attribute("d") or "")) == link.url + GUIDE


def test_a_notice_becomes_a_small_picture_for_the_group_that_the_rumour_came_from(
    link: MobileLink, phones: PhoneFactory
) -> None:
    page = _offline_phone(link, phones, NO_SHARE_SHEET)
    page.goto(link.url + GUIDE)
    expect(page.get_by_role("button", name="Copier pour un message")).to_be_visible()
    expect(page.get_by_role("button", name="Image à renvoyer au groupe")).to_have_count(0)
    page.goto(link.url + NOTICE)
    with page.expect_download() as coming:
        page.get_by_role("button", name="Image à renvoyer au groupe").click()
    data = coming.value.path().read_bytes()
    assert coming.value.suggested_filename == "depot-par-erreur.jpg"
    assert len(data) <= 30_000
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    assert picture.width == 600 and 450 < picture.height < 1_000
    left, strip, sheet = picture.getpixel((5, 5)), picture.getpixel((595, 100)), picture.getpixel((595, 160))
    assert _near(left, BAD) and _near(strip, BAD), "the verdict's colour behind its shape and word"
    assert _near(sheet, SHEET)
    lights = [point for point in _points(31, 31, 103, 103) if not _near(picture.getpixel(point), BAD)]
    assert len(lights) > 200, "its shape"
    code = picture.crop((31, picture.height - 231, 231, picture.height - 31)).convert("L")
    assert 0.3 < sum(code.histogram()[:64]) / (code.width * code.height) < 0.6, "a code that a camera reads"
    page.evaluate(LONGEST_WORDS)
    with page.expect_download() as coming:
        page.get_by_role("button", name="Image à renvoyer au groupe").click()
    data = coming.value.path().read_bytes()
    assert len(data) <= 30_000
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    assert picture.height < 1_000, "a long claim is cut"
    assert not any(_near(picture.getpixel(point), INK) for point in _points(575, 140, 600, picture.height)), "in lines"


def _near(one: Any, other: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 24 for a, b in zip(one, other, strict=True))


def _points(left: int, top: int, right: int, bottom: int) -> Iterator[tuple[int, int]]:
    return ((x, y) for x in range(left, right) for y in range(top, bottom))


def _offline_phone(link: MobileLink, phones: PhoneFactory, script: str) -> Page:
    context = phones(permissions=["clipboard-read", "clipboard-write"])
    context.add_init_script(script)
    page = context.new_page()
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    link.down = True
    return page


def _squares(path: str) -> set[tuple[int, int]]:
    """The dark squares of a drawn code, (column, row) without its border of 4."""
    return {(int(x) - 4, int(y) - 4) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", path)}
