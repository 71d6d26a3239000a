"""Checking a message on the server, for browsers without script."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from server.reader.message_check import MAX_FORM_BYTES
from sync.store.contract import Collection
from tests.support.small_site import Site, running_site

pytestmark = pytest.mark.anyio
NOTICE = """---
title: Mégas gratuits
summary: C’est un piège.
claim: Un message offre des mégas. Il faut toucher un lien et partager à ses contacts.
verdict: scam
wordings: ["megas gratui 25 go clic sur le lien", "Orange offre 50 Go à ceux qui partagent le lien"]
---
## Pourquoi

Les opérateurs n’offrent rien ainsi.
"""
MESSAGE = "MEGAS GRATUITS 50 go clic sur le lien é partage a té contact"


def files_with(folder: Path, word: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


async def check(site: Site, message: str) -> Tag:
    answer = await site.client.post("/fr-ML/notices", data={"message": message})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    main = BeautifulSoup(answer.text, "html.parser").find("main")
    assert isinstance(main, Tag)
    return main


async def test_a_message_is_checked_without_script_and_the_answer_says_why(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        await site.publish({"notices/megas/fr.md": NOTICE})
        form = BeautifulSoup((await site.client.get("/fr-ML/notices")).text, "html.parser").select_one("main form")
        assert form and (form["action"], form["method"]) == ("notices", "post"), "no words in an address"
        answer = await check(site, MESSAGE)
        [found] = answer.select(".rows a")
        assert found["href"] == "notices/megas" and "Arnaque" in found.text
        assert {"lien", "go"} <= {mark.text.lower() for mark in answer.select("mark")}
        assert answer.select_one("textarea").text.strip() == MESSAGE  # type: ignore[union-attr]


async def test_what_no_notice_says_is_told_and_nothing_of_it_is_markup(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        await site.publish({"notices/megas/fr.md": NOTICE})
        answer = await check(site, "</textarea><script>x</script> La chèvre du voisin a sauté la haie")
        assert "Aucune fiche ne dit cela" in answer.text
        assert not answer.select(".rows a") and not answer.select("script")


async def test_a_request_that_began_before_a_publication_is_answered_by_the_notices_of_now(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        await site.publish({"notices/megas/fr.md": NOTICE})
        before = site.services.current_editions.get("fr-ML")
        await check(site, MESSAGE)
        (site.content / "notices/megas/fr.md").unlink()
        await site.publish({"notices/gigas/fr.md": NOTICE}, prune=True)
        answer = await site.services.message_checker.respond(before, MESSAGE, "identity", "")
        assert b'"notices/gigas"' in answer and b'"notices/megas"' not in answer


async def test_an_empty_message_leads_back_and_a_large_or_broken_one_is_refused(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        await site.publish({"notices/megas/fr.md": NOTICE})
        assert (await site.client.post("/fr-ML/notices", data={"message": " "})).status_code == 303
        for body in (b"message=" + b"a" * MAX_FORM_BYTES, b"\xff=1", b"a=1&" * 9):
            answer = await site.client.post("/fr-ML/notices", content=body)
            assert (answer.status_code, answer.json()["code"]) == (400, "check-bad-message")


async def test_nothing_of_a_checked_message_is_kept_or_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with running_site(tmp_path) as site:
        await site.publish({"notices/megas/fr.md": NOTICE})

        async def records() -> set[tuple[str, str, str]]:
            store = site.services.store
            return {
                (room, record.id, str(record.body))
                for room in Collection
                for record in await store.scan(room, "", "\x7f", 10_000)
            }

        before = await records()
        await check(site, f"{MESSAGE} zébulonade")
        assert await records() == before
        assert "zébulonade" not in caplog.text
        assert files_with(tmp_path, "zébulonade") == []
