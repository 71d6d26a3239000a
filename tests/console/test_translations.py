"""Translations: missing ones, reviewers, later changes of the original; none reaches a phone unreviewed."""

from __future__ import annotations

import re

import pytest

from server.accounts.account import Role
from tests.support.console_client import ConsoleSite
from tests.support.console_steps import approve_change, save_draft

pytestmark = pytest.mark.anyio

BAMBARA = "guide:compte:bm"
WHOLE = {
    "summary": "Kode kelen.",
    "body": "Kode dɔ sugandi. [Wari](guide:argent) ani [ŋunan](complaint:scam) lajɛ.\n\n## Min ka kan ka kɛ\n\n"
    "1. Kode jan **kelen**.\n2. Kode [gundolama](https://example.org/code).",
}


async def page(console_site: ConsoleSite, channel: str = "bm-ML") -> str:
    await console_site.site.services.publisher.publish(console_site.site.keys)
    await console_site.site.services.current_editions.load()
    return (await console_site.site.client.get(f"/{channel}/guides/compte")).text


async def test_a_translation_stays_out_until_a_speaker_reviewed_it(console_site: ConsoleSite) -> None:
    writer, speaker = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "fanta")
    table = (await writer.get("/translations")).text
    assert "kind=guide&amp;slug=compte&amp;lang=bm" in table
    created = await writer.post("/writing/new", {"kind": "guide", "slug": "compte", "lang": "bm", "title": ""})
    assert created.status_code == 303
    editor = (await writer.get(f"/writing/{BAMBARA}/edit")).text
    assert "Le texte à traduire" in editor
    assert "Choisissez un code." in editor
    assert (await save_draft(writer, BAMBARA, title="I ka konti lakana", **WHOLE)).status_code == 303
    work = await console_site.site.services.workspace.get_work(BAMBARA)
    assert work.fields["topics"] == ["comptes"]
    assert work.source and work.source["title"] == "Garder son compte"
    await writer.decide(f"/writing/{BAMBARA}/ask")
    rev = work.draft
    fresh = (await console_site.site.services.workspace.get_work(BAMBARA)).draft
    assert rev and fresh
    assert "I ka konti" not in await page(console_site)
    unspoken = await speaker.decide(f"/writing/{BAMBARA}/approve")
    assert unspoken.status_code == 422
    assert (await speaker.decide(f"/writing/{BAMBARA}/approve", {"speaks": "1"})).status_code == 303
    assert "I ka konti" in await page(console_site)
    reviewed = await console_site.site.services.workspace.get_work(BAMBARA)
    assert reviewed.approved and reviewed.approved["reviewed"] == {"by": "fanta", "date": "2026-11-24"}
    assert "relu par fanta" in (await writer.get("/translations")).text


async def test_an_original_that_moved_on_is_seen_word_by_word(console_site: ConsoleSite) -> None:
    await test_a_translation_stays_out_until_a_speaker_reviewed_it(console_site)
    await approve_change(console_site, "guide:compte:fr", body="Choisissez un long code.")
    writer = await console_site.person(Role.EDITOR)
    table = (await writer.get("/translations?state=behind")).text
    assert "L’original a changé" in table
    editor = (await writer.get(f"/writing/{BAMBARA}/edit")).text
    assert "Ce qui a changé dans l’original" in editor
    assert re.search(r"<ins>long ?</ins>|<ins> ?long</ins>", editor)
    await save_draft(writer, BAMBARA, body="Kode jan dɔ sugandi.", follows="1")
    work = await console_site.site.services.workspace.get_work(BAMBARA)
    assert "reviewed" not in work.fields
    assert work.source and work.source["body"] == "Choisissez un long code."


async def test_guides_that_nobody_recorded_are_defects(console_site: ConsoleSite) -> None:
    writer = await console_site.person(Role.EDITOR)
    assert (await writer.get("/translations?silent=1")).text.count("pas de son") == 2
