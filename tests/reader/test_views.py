"""Reader pages: the edition's fragments in the shell, without script, without anything that identifies a reader."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from server.reader.page_preview import preview_tags
from server.routes import ROUTES
from sync.editions.page import compose
from tests.support.small_site import CSS, running_site

pytestmark = pytest.mark.anyio


async def test_a_page_is_its_fragment_in_the_shell(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        edition = site.services.current_editions.get("fr-ML")
        answer = await site.client.get("/fr-ML/guides/compte")
        body = edition.body("guides/compte") or ""
        assert answer.text.replace(preview_tags(body, "http://site"), "") == compose(edition.shell, body)
        assert "Garder son compte" in answer.text
        assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_every_link_of_every_page_leads_somewhere(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        visited: set[str] = set()
        waiting = ["http://site/"]
        while waiting:
            url = waiting.pop()
            if url in visited or not url.startswith("http://site") or "/app/" in url:  # this site has no app
                continue
            visited.add(url)
            answer = await site.client.get(url, follow_redirects=True)
            assert answer.status_code == 200, url
            if answer.headers["content-type"].startswith("text/html"):
                links = re.findall(r"""<a [^>]*href=["']?([^"'> ]+)""", answer.text)
                waiting += [str(answer.url.join(link)).partition("#")[0] for link in links if not link.startswith("#")]
        assert len(visited) > 10


async def test_the_style_is_allowed_by_its_hash_and_nothing_else_is(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        policy = (await site.client.get("/fr-ML/")).headers["content-security-policy"]
        expected = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
        assert f"style-src 'sha256-{expected}'" in policy
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


async def test_no_answer_sets_a_cookie_and_every_answer_is_guarded(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        for path in (
            "/",
            "/fr-ML/",
            "/fr-ML/nowhere",
            "/feed/fr-ML",
            "/sw.js",
            "/healthz",
            "/fr-ML/search?q=code",
            "/feed/xx-XX",
        ):
            answer = await site.client.get(path)
            assert "set-cookie" not in answer.headers
            assert answer.headers["x-content-type-options"] == "nosniff"
            if answer.headers["content-type"].startswith("text/html"):
                assert answer.headers["referrer-policy"] == "no-referrer"
                assert answer.headers["x-frame-options"] == "DENY"


async def test_a_page_that_is_not_here_is_a_page_with_a_way_on(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        for path in (
            "/fr-ML/guides/rien",
            "/fr-ML/_shell",
            "/fr-ML/../etc",
            "/nowhere",
            "/xx-XX/",
            "/fr-ML/" + "a" * 5000,
            "/fr-ML/%FF",
        ):
            answer = await site.client.get(path, headers={"accept": "text/html"})
            assert answer.status_code == 404, path
            assert "<main" in answer.text and "href" in answer.text


async def test_an_unchanged_page_costs_no_body(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        tag = (await site.client.get("/fr-ML/")).headers["etag"]
        again = await site.client.get("/fr-ML/", headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
        await site.publish({"guides/argent/fr.md": "---\ntitle: Autre titre\nessential: true\n---\nTexte.\n"})
        assert (await site.client.get("/fr-ML/", headers={"if-none-match": tag})).status_code == 200


def test_what_is_asked_most_is_found_at_the_beginning_of_the_table() -> None:
    paths = [getattr(route, "path", "") for route in ROUTES]
    frequent = ("/inbox", "/feed/{channel:channel}", "/{channel:channel}/", "/{channel:channel}/{path:path}")
    assert set(frequent) <= set(paths[:5])


async def test_what_an_app_shares_where_no_worker_is_is_not_read_and_says_what_to_do(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        answer = await site.client.post("/share", files={"text": (None, "un secret")}, headers={"accept": "text/html"})
        assert answer.status_code == 409
        assert "ni lu ni gardé" in answer.text
        assert "un secret" not in answer.text
