"""Access to every address of the console by every role, from the route table; a route without a rule is impossible."""

from __future__ import annotations

import re

import pytest

from server.accounts.account import Role
from server.console.access import EVERYONE, PUBLIC, PUBLIC_FORM_LIMIT, ConsoleRoute, Public
from server.console.routes import AREAS, ENTRIES, FALLBACK, ROUTES
from sync.documents.pictograms import PICTOGRAMS
from tests.support.console_client import ConsoleSite

pytestmark = pytest.mark.anyio

FOREIGN = (
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://["},
    {"origin": "http://site.evil.example"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
)
FORBIDDEN = "Votre rôle ne donne pas accès"


def an_address(row: ConsoleRoute) -> str:
    return re.sub(r"\{[^}]+\}", "x", row.path)


async def test_every_address_lets_in_its_roles_and_nobody_else(console_site: ConsoleSite) -> None:
    people = {role: await console_site.person(role) for role in Role}
    wrong = []
    for row in ROUTES:
        if row.roles is PUBLIC:
            continue
        for role, person in people.items():
            for method in row.methods:
                if row.path == "/sign-out":
                    continue  # it would end the session that the other rows need
                token = {"csrf": person.csrf} if method == "POST" else None
                answer = await person.client.request(method, f"/console{an_address(row)}", data=token)
                kept_out = answer.status_code == 403 and FORBIDDEN in answer.text
                if kept_out == (role in row.roles) or answer.status_code >= 500:
                    wrong.append((method, row.path, role.value, answer.status_code))
    assert wrong == []


async def test_without_a_session_one_is_led_to_the_door_and_a_form_changes_nothing(console_site: ConsoleSite) -> None:
    stranger = console_site.browser()
    for row in ROUTES:
        if row.roles is PUBLIC:
            continue
        for method in row.methods:
            answer = await stranger.client.request(
                method, f"/console{an_address(row)}", data={} if method == "POST" else None
            )
            assert answer.status_code == (303 if method == "GET" else 401), (method, row.path)
            assert method == "POST" or answer.headers["location"].startswith("/console/sign-in?next=")


async def test_every_form_needs_its_token(console_site: ConsoleSite) -> None:
    for role in Role:
        person = await console_site.person(role)
        for row in ROUTES:
            if row.roles is PUBLIC or "POST" not in row.methods or role not in row.roles:
                continue
            for token in ("", "A" * 43):
                answer = await person.client.post(f"/console{an_address(row)}", data={"csrf": token})
                assert answer.status_code == 403, row.path
                assert "n’est plus valable" in answer.text


async def test_a_form_from_another_site_is_refused_at_every_address(console_site: ConsoleSite) -> None:
    person = await console_site.person(Role.ADMINISTRATOR)
    for row in ROUTES:
        for headers in FOREIGN:
            if "POST" in row.methods:
                answer = await person.post(an_address(row), headers=headers)
                assert answer.status_code == 403, row.path


def test_a_row_without_roles_cannot_be_made() -> None:
    with pytest.raises(ValueError):
        ConsoleRoute("/x", FALLBACK.endpoint, frozenset())
    with pytest.raises(ValueError):
        ConsoleRoute("/x", FALLBACK.endpoint, EVERYONE, ("DELETE",))


def test_the_public_part_is_the_door_alone() -> None:
    assert {row.path for row in ROUTES if row.roles is PUBLIC} == {
        "/sign-in",
        "/sign-in/passkey",
        "/welcome/{token}",
        "/alerts/guest/{token}",
        "/writing/shown/{token}",
    }


def test_no_two_rows_share_an_address_and_a_method() -> None:
    pairs = [(row.path, method) for row in ROUTES for method in row.methods]
    assert len(pairs) == len(set(pairs))
    assert len(AREAS) == len(set(AREAS))


def test_a_line_of_the_navigation_leads_where_its_roles_may_go() -> None:
    rows = {row.path: row for row in ROUTES if "GET" in row.methods}
    for entry in ENTRIES:
        roles = rows[entry.path].roles
        assert not isinstance(roles, Public)
        assert entry.roles <= roles, entry.path


async def test_pages_are_kept_nowhere_and_framed_by_nobody(console_site: ConsoleSite) -> None:
    person = await console_site.person(Role.ADMINISTRATOR)
    for path in ("/", "/accounts", "/nowhere"):
        headers = (await person.get(path)).headers
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"


async def test_a_browser_may_say_where_a_form_comes_from(console_site: ConsoleSite) -> None:
    """A policy of "no-referrer" would make browsers send `Origin: null`, which is refused."""
    answer = await console_site.browser().client.get("/console/sign-in")
    assert answer.headers.get_list("referrer-policy") == ["same-origin"]


async def test_pages_travel_compressed(console_site: ConsoleSite) -> None:
    person = await console_site.person(Role.ADMINISTRATOR)
    for path in ("/", "/accounts", "/writing/site/edit", "/nowhere"):
        plain = await person.get(path, headers={"accept-encoding": "identity"})
        for encoding in ("br", "gzip"):
            answer = await person.get(path, headers={"accept-encoding": encoding})
            assert answer.headers["content-encoding"] == encoding
            assert int(answer.headers["content-length"]) < len(plain.content) / 2
            assert answer.text == plain.text
        assert "content-encoding" not in plain.headers


async def test_a_stranger_posts_no_large_form(console_site: ConsoleSite) -> None:
    stranger = console_site.browser()
    for path in ("/sign-in", f"/welcome/{'A' * 43}", "/nowhere"):
        answer = await stranger.post(path, {"name": "x" * PUBLIC_FORM_LIMIT})
        assert (answer.status_code, "trop lourd : 32 ko" in answer.text) == (422, True), path
    person = await console_site.person(Role.EDITOR)
    assert (await person.decide("/me/settings", {"shown": "x" * PUBLIC_FORM_LIMIT})).status_code == 303


def test_no_two_lines_of_the_navigation_have_one_drawing() -> None:
    drawings = [entry.pictogram for entry in ENTRIES]
    assert sorted(drawings) == sorted(set(drawings)) and set(drawings) <= set(PICTOGRAMS)
