"""A phone hands its pages to another as a file, the network gone on both."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser_site import page_paths
from tests.support.chromium import PhoneFactory, wait_until_offline_ready, worker_answers
from tests.support.mobile_link import MobileLink

HOME = "/fr-ML/"
FIELD = "Prendre les pages d’un autre téléphone"


@pytest.mark.spared("channel", "B meets the network once, on its home page")
def test_a_phone_that_saw_the_home_page_once_reads_every_guide_from_another_phones_file(
    link: MobileLink, phones: PhoneFactory, tmp_path: Path
) -> None:
    giver = phones().new_page()
    giver.goto(link.url + HOME)
    wait_until_offline_ready(giver)
    guides = [path for path in page_paths(link.url) if path.startswith("guides/")]
    taker = _phone_with_the_essentials(link, phones)
    link.down = True

    file = tmp_path / "pages.txt"
    giver.goto(f"{link.url}/fr-ML/phone")
    with giver.expect_download() as download:
        giver.get_by_role("button", name="Donner toutes les pages").click()
    download.value.save_as(file)
    expect(giver.locator("[data-feature=pack]")).to_contain_text("donnez-le à l’autre téléphone")

    text = file.read_text("utf-8")
    taker.goto(f"{link.url}/fr-ML/{guides[-1]}")
    status = taker.locator("[data-feature=pack] [role=status]")
    for spoiled, sentence in (
        (text[: len(text) // 2], "il n’est pas entier"),
        (text.replace("kunnafoni-pack/1", "kunnafoni-pack/9"), "une version plus récente"),
        ("Bonjour.", "Ce n’est pas un fichier de pages"),
    ):
        _take(taker, tmp_path, spoiled)
        expect(status).to_contain_text(sentence)
        expect(status).to_contain_text("Rien n’a changé sur ce téléphone.")
    assert worker_answers(taker, [f"/fr-ML/{guides[-1]}"])[0][0] == 503
    _take(taker, tmp_path, text)
    expect(status).to_contain_text("Toutes les pages sont là")
    answers = worker_answers(taker, [f"/fr-ML/{path}" for path in guides])
    assert [status for status, _ in answers] == [200] * len(guides)
    taker.goto(f"{link.url}/fr-ML/{guides[-1]}")
    expect(taker.locator("main h1")).not_to_have_text("Cette page n’est pas dans votre téléphone")


def _phone_with_the_essentials(link: MobileLink, phones: PhoneFactory) -> Page:
    """A phone whose first download broke off behind the first part."""
    page = phones().new_page()
    link.fate = lambda path: "lost" if path.startswith("/feed/") and "to=" in path else ""
    link.cuts = [200_000]
    page.goto(link.url + HOME)
    expect(page.locator("#status")).to_contain_text("Le réseau a coupé")
    link.fate = None
    return page


def _take(page: Page, folder: Path, text: str) -> None:
    file = folder / "reçu.txt"
    file.write_text(text, "utf-8")
    page.get_by_label(FIELD).set_input_files(file)
