"""The app and a hub of another origin in Chromium, headquarters cut off, with the browser's local network prompt.

Headquarters counts as public and the hub as a machine of the local network: so Chrome treats a village's Wi-Fi.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.support.bad_days import BadDay, write_alert
from tests.support.browser_form_site import FORMS, begin_form, enrol, fill_visit, finish_form, tap_send
from tests.support.chromium import FLAGS, PHONE, chromium_path, wait_until_offline_ready
from tests.support.content_folder import GOOD, write
from tests.support.mobile_link import MobileLink, running_link
from tests.support.self_signed_certificate import context_for
from tests.support.server_process import PATIENCE, ServerProcess, run_command, running_server

NAME = "kayes.test"
ALLOWED = ["local-network-access"]


@dataclass
class Village:
    """`site` and `hub`: links to headquarters and to the hub; `box`: the hub; `shown`: its displayed name."""

    headquarters: Path
    site: MobileLink
    hub: MobileLink
    box: ServerProcess
    origin: str
    phone: BrowserContext

    @property
    def shown(self) -> str:
        return self.origin.removeprefix("https://")

    def publish(self, text: str) -> None:
        write(self.headquarters / "content", {"guides/argent/fr.md": f"---\ntitle: Argent\n---\n{text}\n"})
        run_command(self.headquarters, "import", str(self.headquarters / "content"))
        run_command(self.headquarters, "publish")


@pytest.fixture(params=[ALLOWED, []], ids=["allowed", "refused"])
def village(
    request: pytest.FixtureRequest, tmp_path: Path, root: Path, playwright: Playwright, bad_day: BadDay
) -> Iterator[Village]:
    """Parameters: the answer to Chrome's question about the local network."""
    with ExitStack() as stack:
        hub = stack.enter_context(running_link("", context_for(NAME, tmp_path)))
        origin = f"https://{NAME}:{urlsplit(hub.url).port}"
        headquarters, folder_of_box = tmp_path / "headquarters", tmp_path / "hub"
        hubs = f"\nhubs: ['{origin}']\n"
        for folder in (headquarters, folder_of_box):
            write(
                folder / "content",
                {**GOOD, "site.yaml": GOOD["site.yaml"] + hubs, "forms/visite.md": FORMS["forms/visite.md"]},
            )
            (folder / "app").symlink_to(root / "pwa" / "dist")
        first = stack.enter_context(running_server(headquarters))
        first.get("")
        if bad_day.kind == "alert":
            run_command(headquarters, "alert", "send", str(write_alert(tmp_path)))
        store = f"sqlite:///{headquarters / 'data' / 'kunnafoni.db'}"
        second = stack.enter_context(
            running_server(folder_of_box, "--store", store, KUNNAFONI_PUBLISHER="0", KUNNAFONI_HOSTS=NAME)
        )
        site = stack.enter_context(running_link(first.url))
        hub.target = second.url
        spaces = f"127.0.0.1:{urlsplit(site.url).port}=public,127.0.0.1:{urlsplit(hub.url).port}=local"
        flags = [*FLAGS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1", f"--ip-address-space-overrides={spaces}"]
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=flags)
        stack.callback(browser.close)
        phone = browser.new_context(**PHONE, ignore_https_errors=True, permissions=request.param)
        phone.set_default_timeout(20_000)
        bad_day.meet(phone, site)
        yield Village(headquarters, site, hub, second, origin, phone)


def choose(page: Page, village: Village) -> None:
    """Open the address in the hub's QR code and tap its button."""
    page.goto(f"{village.site.url}/fr-ML/phone#hub={village.origin}")
    page.locator("[data-feature=hub] button", has_text=f"Passer par {village.shown}").click()


def ask(page: Page, village: Village) -> None:
    village.hub.asked.clear()
    page.locator("[data-feature=hub] button", has_text="Essayer maintenant").click()
    until(page, lambda: bool(village.hub.feeds()))
    expect(page.locator("[data-feature=hub] [role=status]")).to_contain_text("répond")


def is_received(page: Page) -> bool:
    """Ask the hub once more; headquarters' receipt reaches it by replication."""
    tap_send(page)
    page.wait_for_timeout(500)
    return "Reçue le" in page.locator("main").inner_text()


def until(page: Page, what: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end
        page.wait_for_timeout(100)


@pytest.mark.parametrize("village", [ALLOWED], ids=["allowed"], indirect=True)
def test_with_headquarters_cut_off_news_and_forms_pass_by_the_hub_and_nothing_comes_twice(village: Village) -> None:
    page = village.phone.new_page()
    page.goto(f"{village.site.url}/fr-ML/")
    wait_until_offline_ready(page)
    code = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", run_command(village.headquarters, "device", "enrol", "Awa"))
    assert code
    enrol(page, village.site.url, code[0])
    choose(page, village)
    status = page.locator("[data-feature=hub] [role=status]")
    expect(status).to_contain_text("répond")
    assert village.hub.feeds()[0].startswith("/feed/fr-ML?have=")

    village.site.down = True
    village.publish("Publié pendant la coupure.")
    until(page, lambda: "coupure" in village.box.get("fr-ML/guides/argent").decode())
    ask(page, village)
    page.goto(f"{village.site.url}/fr-ML/guides/argent")
    expect(page.locator("main")).to_contain_text("Publié pendant la coupure.")
    assert all("have=" in path for path in village.hub.feeds())

    begin_form(page, village.site.url, "visite")
    fill_visit(page, "par le relais")
    finish_form(page)
    page.goto(f"{village.site.url}/fr-ML/forms")
    tap_send(page)
    # The receipt of headquarters may come before the page is drawn.
    expect(page.locator("main")).to_contain_text(re.compile("Arrivée, le reçu signé n’est pas encore là.|Reçue le"))
    assert "/inbox" in village.hub.asked
    assert village.hub.before
    until(page, lambda: is_received(page))

    village.site.down = False
    village.site.asked.clear()
    page.goto(f"{village.site.url}/fr-ML/phone")
    page.locator("[data-feature=hub] button", has_text="Ne plus passer").click()
    expect(status).to_contain_text("demande de nouveau au site")
    village.hub.asked.clear()
    page.locator("button", has_text="Vérifier maintenant").click()
    expect(page.locator("[data-feature=phone] [role=status]")).to_contain_text("Rien de nouveau")
    [feed] = village.site.feeds()
    assert re.fullmatch(r"/feed/fr-ML\?have=[\w-]{43}", feed)
    assert village.hub.asked == []


@pytest.mark.parametrize("village", [[]], ids=["refused"], indirect=True)
def test_a_refusal_of_the_local_network_is_told_and_headquarters_serves_on(village: Village) -> None:
    page = village.phone.new_page()
    page.goto(f"{village.site.url}/fr-ML/")
    wait_until_offline_ready(page)
    village.publish("Publié ensuite.")
    choose(page, village)
    expect(page.locator("[data-feature=hub] [role=status]")).to_contain_text("permettez l’accès au réseau local")
    assert village.hub.asked == []
    page.goto(f"{village.site.url}/fr-ML/guides/argent")
    expect(page.locator("main")).to_contain_text("Publié ensuite.")


@pytest.mark.parametrize("village", [ALLOWED], ids=["allowed"], indirect=True)
def test_a_hub_that_the_site_does_not_name_is_no_hub(village: Village) -> None:
    page = village.phone.new_page()
    page.goto(f"{village.site.url}/fr-ML/")
    wait_until_offline_ready(page)
    page.goto(f"{village.site.url}/fr-ML/phone#hub=https://ailleurs.test")
    expect(page.locator("[data-feature=hub]")).to_contain_text("n’est pas un relais de ce site")
    assert page.locator("[data-feature=hub] button").count() == 0
    assert page.evaluate(f"fetch('{village.origin}/feed/fr-ML').then(answer => answer.status)") == 200
    other = village.origin.replace(NAME, "127.0.0.1")
    assert page.evaluate(f"fetch('{other}/feed/fr-ML').then(() => 'asked', () => 'not asked')") == "not asked"
