"""CORS: a hub answers phones of headquarters' origin, on the routes they use only."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.routing import Route

from server.routes import CHANNEL, CORS_PATHS, ROUTES
from tests.support import repository
from tests.support.content_folder import GOOD
from tests.support.small_site import running_site

pytestmark = pytest.mark.anyio

ORIGIN = {"origin": "https://siege.example.org"}
ASKS = {
    **ORIGIN,
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-encoding,content-type",
}


def filled(path: str) -> str:
    return path.replace(CHANNEL, "fr-ML")


async def test_a_browsers_question_is_answered_where_phones_post_and_nowhere_else(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        for path in CORS_PATHS:
            answer = await site.client.options(filled(path), headers=ASKS)
            assert (answer.status_code, answer.text) == (204, "")
            assert answer.headers["access-control-allow-origin"] == "*"
            assert answer.headers["access-control-allow-methods"] == "POST"
            assert set(answer.headers["access-control-allow-headers"].split(", ")) == {
                "content-type",
                "content-encoding",
            }
        others = {filled(route.path) for route in ROUTES if isinstance(route, Route)} - set(map(filled, CORS_PATHS))
        for path in others - {path for path in others if "{" in path}:
            answer = await site.client.options(path, headers=ASKS)
            assert answer.status_code in (403, 404, 405), path
            assert "access-control-allow-methods" not in answer.headers


def test_the_routes_are_those_that_the_app_posts_to_by_way_of_a_hub() -> None:
    """Routes for sending and for feed repair; devices enrol at headquarters only."""
    code = "".join(
        repository.text(f"pwa/src/{name}.ts")
        for name in ("send/replies-and-withdrawals", "send/send-outbox", "pull/fetch-pages")
    )
    requested = {path.replace("${channel}", CHANNEL) for path in re.findall(r"\.request\([\"`](/[^\"`?]+)[\"`]", code)}
    assert requested == set(CORS_PATHS)


async def test_feeds_pages_and_media_are_open_to_another_address_and_reader_pages_are_not(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        feed = await site.client.get("/feed/fr-ML", headers=ORIGIN)
        id = site.services.current_editions.get("fr-ML").edition.id
        nothing_new = await site.client.get(f"/feed/fr-ML?have={id}", headers=ORIGIN)
        manifest = await site.client.get(f"/feed/fr-ML/manifest?to={id}", headers=ORIGIN)
        pages = await site.client.post("/feed/fr-ML/pages", json=[], headers=ORIGIN)
        for answer in (feed, nothing_new, manifest, pages):
            assert answer.headers["access-control-allow-origin"] == "*"
        assert nothing_new.headers["access-control-expose-headers"] == "Kunnafoni-Fresh"
        assert "access-control-allow-origin" not in (await site.client.get("/fr-ML/", headers=ORIGIN)).headers


async def test_the_signed_frame_names_the_hubs_and_nobody_else(tmp_path: Path) -> None:
    hubs = "\nhubs: ['https://kayes.example.org', 'https://radio.example.org:8443']\n"
    async with running_site(tmp_path, {**GOOD, "site.yaml": GOOD["site.yaml"] + hubs}) as site:
        page = await site.client.get("/fr-ML/phone")
        assert (
            "connect-src 'self' https://kayes.example.org https://radio.example.org:8443;"
            in page.headers["content-security-policy"]
        )
        assert "data-feature=hub" in page.text or 'data-feature="hub"' in page.text
    async with running_site(tmp_path / "without") as site:
        page = await site.client.get("/fr-ML/phone")
        assert "connect-src 'self';" in page.headers["content-security-policy"]
        assert "data-feature=hub" not in page.text
