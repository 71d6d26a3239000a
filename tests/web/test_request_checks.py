"""Requests that name another host or no host, at every address; no answer makes an address from the Host header."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.accounts.account import Role
from server.web.request_checks import OPERATOR_PATHS, find_request_error
from server.web.site_origin import SiteOrigin
from tests.support import repository
from tests.support.console_client import ConsoleSite
from tests.support.route_table import list_addresses
from tests.support.small_site import running_site, settings_for

pytestmark = pytest.mark.anyio

EVIL = "evil.example"
SITE_ORIGIN = SiteOrigin.from_settings(settings_for(Path("/nowhere")))


def refused_code(headers: list[tuple[bytes, bytes]], path: str = "/", query: bytes = b"", version: str = "1.1") -> str:
    scope = {"type": "http", "path": path, "query_string": query, "headers": headers, "http_version": version}
    error = find_request_error(scope, SITE_ORIGIN)
    return error.code if error else ""


async def test_a_method_that_an_address_does_not_take_is_said_in_words(console_site: ConsoleSite) -> None:
    client = console_site.browser().client
    for method, path in (("POST", "/fr-ML/"), ("DELETE", "/inbox"), ("PUT", "/console/sign-in")):
        answer = await client.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed"), path
        assert answer.json()["hint"]
        assert answer.headers["allow"]
    page = await client.post("/fr-ML/", headers={"accept": "text/html"})
    assert page.status_code == 405
    assert "Cette adresse ne prend pas cette sorte de demande." in page.text


async def test_a_foreign_host_is_misdirected_at_every_address(console_site: ConsoleSite) -> None:
    client = console_site.browser().client
    statuses = set()
    for address in list_addresses():
        path = address.fill(channel="fr-ML")
        answer = await client.request(address.method, path, headers={"host": EVIL}, follow_redirects=False)
        if path not in OPERATOR_PATHS:
            statuses.add((answer.status_code, answer.json()["code"]))
        assert EVIL not in answer.text + str(answer.headers), path
    assert statuses == {(421, "host-foreign")}
    page = await client.get("/fr-ML/", headers={"host": EVIL, "accept": "text/html"})
    assert page.status_code == 421
    assert "KUNNAFONI_HOSTS" in page.text


@pytest.mark.parametrize(
    "hosts", [[], [b"site", b"site"], [b"site", b"evil.example"], [b""], [b"site,evil.example"], [b"site/x"], [b"["]]
)
def test_no_host_two_hosts_and_a_host_that_is_none_are_bad_requests(hosts: list[bytes]) -> None:
    assert refused_code([(b"host", host) for host in hosts]) == "host-malformed"


def test_front_servers_ask_for_the_servers_health_by_any_name_and_in_http_1_0_by_none() -> None:
    for path in OPERATOR_PATHS:
        assert refused_code([(b"host", b"server-1:8000")], path) == ""
        assert refused_code([], path, version="1.0") == ""
        assert refused_code([], path) == "host-malformed"
    assert refused_code([], "/", version="1.0") == "host-malformed"


def test_a_nul_in_path_or_query_is_refused() -> None:
    host = [(b"host", b"site")]
    assert refused_code(host, "/console/accounts/a\0") == "address-malformed"
    assert refused_code(host, "/", b"q=%00") == "address-malformed"
    assert refused_code(host, "/", b"q=%2500") == ""


async def test_pages_stay_reachable_by_number_on_a_village_network(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        for host in ("10.0.0.1", "192.168.43.1:8000", "[fd00::1]:8000", "localhost:8000"):
            assert (await site.client.get("/fr-ML/", headers={"host": host})).status_code == 200, host


async def test_links_that_are_handed_over_come_from_the_settings_whatever_the_host(console_site: ConsoleSite) -> None:
    chief = await console_site.person(Role.ADMINISTRATOR)
    host = {"host": "10.9.8.7"}
    await chief.decide("/me/settings", {"shown": "Chef", "language": "fr"})
    invitation = await chief.post("/accounts", {"name": "awa", "role": "editor", "shown": "Awa"}, headers=host)
    assert "http://site/console/welcome/" in invitation.text
    sheet = await chief.post("/devices", {"name": "Radio", "place": "", "days": "365"}, headers=host)
    assert "http://site/fr-ML/phone" in sheet.text
    second = await chief.get("/me/second", headers=host)
    atom = await chief.client.get("/cap/alerts.atom", headers=host)
    assert "http://site/cap/alerts.atom" in atom.text
    for answer in (invitation, sheet, second, atom):
        assert answer.status_code == 200, answer.url
        assert "10.9.8.7" not in answer.text + str(answer.headers)


def test_no_code_but_the_checks_reads_the_host_header() -> None:
    readers = (
        *(
            ".base_url",
            "url_for",
            ".url.replace",
            "url.hostname",
            "url.netloc",
            'headers.get("host"',
            'headers["host"',
            'b"host"',
        ),
        *("request.url.", "URL(scope"),
    )
    allowed = {"server/web/request_checks.py", "server/console/console_host.py", "server/console/context.py"} | {
        "server/console/credentials.py"  # which of the site's own hosts a passkey is made for
    }
    found = {
        path
        for path in repository.under("server", ends=".py")
        if any(word in repository.text(path) for word in readers)
    }
    assert found <= allowed
