"""A cold visit is few requests: the app comes in sets, and nothing is asked twice."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.chromium import wait_until_offline_ready
from tests.support.mobile_link import MobileLink

REQUESTS = 11  # 10 on an ordinary day; 60 before the app came in sets


@pytest.mark.spared("channel", "a phone that had another channel is not cold")
def test_a_cold_visit_makes_few_requests_until_all_is_offline_and_none_twice(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    assert len(link.asked) <= REQUESTS, link.asked
    assert len(set(link.asked)) == len(link.asked), link.asked
    assert not any("/app/locale/" in path for path in link.asked), "French has its words in the scripts"
    assert not any("/app/field-" in path for path in link.asked), "this phone works for nobody"
    link.down = True
    page.goto(f"{link.url}/fr-ML/forms/question")
    page.get_by_role("button", name="Commencer").click()
    expect(page.locator("main .question").first).to_be_visible()


@pytest.mark.spared("channel", "a phone that had another channel has the set already")
def test_a_form_that_came_before_its_scripts_says_so(link: MobileLink, page: Page) -> None:
    link.fate = lambda path: "lost" if re.match(r"/app/(answers|form)-", path) else ""
    page.goto(f"{link.url}/fr-ML/")
    page.locator("#status", has_text="Le réseau a coupé").wait_for()
    link.down = True
    page.goto(f"{link.url}/fr-ML/forms/question")
    expect(page.locator("main .note", has_text="n’est pas encore sur ce téléphone")).to_be_visible()
    expect(page.get_by_role("button", name="Commencer")).to_have_count(0)


@pytest.mark.spared("channel", "a phone that had another channel has the set already")
def test_a_forged_set_is_not_kept(link: MobileLink, page: Page, root: Path, tmp_path: Path) -> None:
    link.app = shutil.copytree(root / "pwa/dist", tmp_path / "dist")
    [answers] = link.app.glob("app/answers-*.json")
    answers.write_text('{"/app/main.js":"alert(1)"}', "utf-8")
    page.goto(f"{link.url}/fr-ML/")
    page.locator("#status", has_text="Le réseau a coupé").wait_for()
    assert f"/app/{answers.name}" in link.asked
    assert page.evaluate(f"async () => await caches.match('/app/{answers.name}') === undefined")
    assert "alert(1)" not in page.evaluate("async () => (await caches.match('/app/main.js')).text()")
