"""Faults that a phone meets: each is reported plainly, and stored pages stay readable."""

from __future__ import annotations

import random
import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser_site import page_address, page_paths
from tests.support.chromium import PhoneFactory, wait_until_offline_ready, worker_answers
from tests.support.mobile_link import MobileLink

ASK = "main button:has-text('Vérifier maintenant')"
# Waits between tries never end by themselves; shorter ones belong to a pull, which would keep its lock for ever.
WAIT_FOR_EVENTS_ALONE = """() => {
    const { setTimeout } = window;
    window.setTimeout = (work, delay = 0) => (delay < 500 ? setTimeout(work, delay) : 0);
}"""


@pytest.mark.timeout(900)
def test_a_link_cut_fifty_times_at_random_ends(link: MobileLink, page: Page) -> None:
    dice = random.Random(20261124)
    size = len(page.request.get(f"{link.target}/feed/fr-ML", headers={"Accept-Encoding": "identity"}).body())
    link.cuts = [dice.randrange(1_000, 2 * size // 50 + 20_000) for _ in range(50)]
    page.goto(f"{link.url}/fr-ML/")
    page.evaluate(
        "() => setInterval(() => dispatchEvent(new Event('online')), 50) && undefined"
    )  # no waiting between tries
    page.locator("#status", has_text=re.compile("L’essentiel est déjà|Prêt hors ligne")).wait_for()
    page.locator("#status", has_text="Prêt hors ligne").wait_for(timeout=600_000)
    resumed = [path for path in link.feeds() if "after=" in path]
    assert len(resumed) > 10
    link.down = True
    everything = page_paths(link.target)
    answers = worker_answers(page, [link.url + page_address("fr-ML", path) for path in everything])
    assert {status for status, _ in answers} == {200}
    answer = page.goto(link.url + page_address("fr-ML", dice.choice(everything)))
    assert answer is not None
    assert answer.from_service_worker


def test_pages_open_before_the_download_ends(link: MobileLink, page: Page) -> None:
    link.cuts = [150_000, *[0] * 50]
    page.goto(f"{link.url}/fr-ML/")
    page.locator("#status", has_text="L’essentiel est déjà").wait_for()
    expect(page.locator("#status progress")).to_be_visible()
    link.down = True
    answer = page.goto(f"{link.url}/fr-ML/")
    assert answer is not None
    assert answer.from_service_worker
    page.locator("main a[href*='guides/']").first.click()
    expect(page.locator("main h1")).to_be_visible()


def test_pages_that_another_tab_brought_are_told(link: MobileLink, page: Page) -> None:
    link.cuts = [150_000, *[0] * 1_000]  # the link stays bad until the other tab opens
    page.goto(f"{link.url}/fr-ML/")
    page.locator("#status", has_text="L’essentiel est déjà").wait_for()
    page.locator("#status", has_text="Le réseau a coupé").wait_for()
    page.evaluate(WAIT_FOR_EVENTS_ALONE)
    link.cuts = []
    other = page.context.new_page()
    other.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(other)
    page.evaluate("() => dispatchEvent(new Event('online'))")
    wait_until_offline_ready(page)
    expect(page.locator("#status progress")).to_have_count(0)
    expect(page.locator("#status")).not_to_contain_text("Le réseau a coupé")


@pytest.mark.spared("channel", "a phone that had another channel has these files")
def test_the_apps_own_files_that_did_not_come_are_fetched_again(link: MobileLink, page: Page) -> None:
    lost: list[str] = []

    def fate(path: str) -> str:
        if "/app/answers-" not in path or len(lost) == 3:
            return ""
        lost.append(path)
        return "lost"

    link.fate = fate
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    assert len(lost) == 3


@pytest.mark.spared("channel", "the page came whole with the other channel's, and is not asked for again")
def test_a_changed_byte_is_asked_for_again(link: MobileLink, page: Page) -> None:
    link.change = lambda path, body: (
        body.replace(b"mot de passe", b"mot de pasSe", 1) if path == "/feed/fr-ML" else body
    )
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    assert [re.sub(r"=.*", "", path) for path in link.feeds()][:3] == [
        "/feed/fr-ML",
        "/feed/fr-ML/manifest?to",
        "/feed/fr-ML/pages",
    ]
    assert page.evaluate("async () => (await (await fetch('/fr-ML/about')).text()).includes('pasSe')") is False


def test_changed_bytes_everywhere_are_refused(link: MobileLink, page: Page) -> None:
    link.change = lambda _, body: body.replace(b"mot de passe", b"mot de pasSe")
    page.goto(f"{link.url}/fr-ML/")
    expect(page.locator("#status")).to_contain_text("abîmées ou modifiées en chemin")
    expect(page.locator("#status")).to_contain_text("Rien n’a changé")


def test_a_false_signature_is_refused_and_the_old_pages_stay(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    everything = page_paths(link.target)
    forged = page.request.get(f"{link.target}/feed/fr-ML", headers={"Accept-Encoding": "identity"}).body()
    header = re.sub(rb'(\\",1,)(\d+)', lambda match: match[1] + b"9999999999", forged, count=1)
    link.change = lambda path, body: header
    # The server says 204 to a phone that has the head; a thief would not.
    page.goto(f"{link.url}/fr-ML/phone")
    page.route("**/feed/fr-ML?have=*", lambda route: route.fulfill(status=200, body=header))
    page.locator(ASK).click()
    expect(page.locator("main [role=status]").first).to_contain_text("La signature des nouvelles pages est fausse")
    link.down = True
    page.goto(link.url + page_address("fr-ML", everything[-1]))
    expect(page.locator("main h1")).to_be_visible()


@pytest.mark.spared("room", "channel", "the story sets the room itself, for a phone that has nothing yet")
@pytest.mark.parametrize("room", [60_000, 300_000, 800_000])
def test_a_full_phone_says_so_and_goes_on_when_there_is_room(link: MobileLink, page: Page, room: int) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": link.url, "quotaSize": room})
    page.goto(f"{link.url}/fr-ML/")
    expect(page.locator("#status")).to_contain_text("Ce téléphone n’a plus de place")
    page.goto(f"{link.url}/fr-ML/guides")
    expect(page.locator("main h1")).to_be_visible()
    session.send("Storage.overrideQuotaForOrigin", {"origin": link.url})
    page.goto(f"{link.url}/fr-ML/phone")
    page.locator(ASK).click()
    expect(page.locator("main [role=status]").first).to_have_text(
        re.compile("Les nouvelles pages sont là|ce téléphone a tout")
    )


@pytest.mark.spared("room", "the story is this day")
def test_a_phone_with_a_megabyte_of_room_searches_with_and_without_a_network(link: MobileLink, page: Page) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    session = page.context.new_cdp_session(page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": link.url, "quotaSize": 1_000_000})
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    for link.down in (False, True):
        page.goto(f"{link.url}/fr-ML/search?q=mot+de+passe")
        expect(page.locator("main .rows a").first).to_be_visible()
    assert errors == []


@pytest.mark.spared("room", "channel", "a browser that keeps nothing has no room and no channel")
def test_a_browser_that_refuses_indexeddb_says_so_and_reads_online(link: MobileLink, phones: PhoneFactory) -> None:
    phone = phones()
    phone.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('refused', 'SecurityError') }")
    page = phone.new_page()
    page.goto(f"{link.url}/fr-ML/")
    expect(page.locator("#status")).to_contain_text("Ce navigateur ne garde rien")
    page.goto(f"{link.url}/fr-ML/search?q=mot+de+passe")
    expect(page.locator("main a[href*='guides/']").first).to_be_visible()
    assert link.feeds() == []


def test_a_clock_years_off_is_noticed_and_nothing_breaks(link: MobileLink, phones: PhoneFactory) -> None:
    page = phones().new_page()
    link.date = "Sat, 24 Nov 2029 10:00:00 GMT"
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    expect(page.locator("#status")).to_contain_text("L’horloge de ce téléphone est fausse")
    expect(page.locator("#status")).to_contain_text("Personne n’a confirmé ces pages depuis le")
    link.down = True
    page.goto(f"{link.url}/fr-ML/guides")
    expect(page.locator("#status")).to_contain_text("L’horloge de ce téléphone est fausse")
    expect(page.locator("main h1")).to_be_visible()


@pytest.mark.spared("room", "channel", "without https nothing is kept")
def test_plain_http_reads_and_says_what_offline_needs(link: MobileLink, phones: PhoneFactory) -> None:
    page = phones().new_page()
    other = link.url.replace("127.0.0.1", "kunnafoni.test")
    page.goto(f"{other}/fr-ML/")
    expect(page.locator("#status")).to_contain_text("https")
    page.goto(f"{other}/fr-ML/guides")
    expect(page.locator("main h1")).to_be_visible()


@pytest.mark.spared("channel", "a phone that waits to be ready: another app's browser is not told that it is")
def test_a_built_in_browser_is_told_the_way_out(link: MobileLink, phones: PhoneFactory) -> None:
    facebook = (
        "Mozilla/5.0 (Linux; Android 12; SM-A037F; wv) AppleWebKit/537.36 Chrome/106.0 Mobile "
        "[FB_IAB/FB4A;FBAV/398.0.0;]"
    )
    page = phones(user_agent=facebook).new_page()
    page.goto(f"{link.url}/fr-ML/")
    expect(page.locator("#status .danger")).to_contain_text("Ouvrez cette page dans Chrome.")
    expect(page.locator("#status .danger a")).to_have_attribute(
        "href", re.compile(r"^intent://.*package=com\.android\.chrome;end$")
    )
    expect(page.locator("#status > *")).to_have_count(1)
