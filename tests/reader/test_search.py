"""Search on the server, for browsers without script."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.small_site import running_site

pytestmark = pytest.mark.anyio


async def test_search_without_script_finds_words_without_accents(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        results = await site.client.get("/fr-ML/search", params={"q": "megas"})
        assert "notices/megas" in results.text
        assert "<mark>mégas</mark>" in results.text.lower()
        nothing = await site.client.get("/fr-ML/search", params={"q": "<script>zzz"})
        assert nothing.status_code == 200 and "<script>zzz" not in nothing.text
        assert (await site.client.get("/fr-ML/search", params={"q": "compte " * 500})).status_code == 200


async def test_what_is_not_found_can_be_asked_as_a_question(tmp_path: Path) -> None:
    form = (Path(__file__).parents[2] / "content/forms/question.md").read_text("utf-8")
    async with running_site(tmp_path) as site:
        nothing = await site.client.get("/fr-ML/search", params={"q": "zzzz é"})
        assert "forms/question" not in nothing.text  # a site without this form
        await site.publish({"forms/question.md": form})
        nothing = await site.client.get("/fr-ML/search", params={"q": "zzzz é"})
        assert 'href="forms/question#words=zzzz%20%C3%A9"' in nothing.text
        assert "forms/question#" not in (await site.client.get("/fr-ML/search", params={"q": "megas"})).text


async def test_synonyms_of_the_content_lead_to_the_pages_of_each_other(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        assert "notices/megas" not in (await site.client.get("/fr-ML/search", params={"q": "gobi"})).text
        await site.publish({"synonyms.yaml": "ignored: [le]\ngroups:\n  - mégas, gobi\n"})
        assert "notices/megas" in (await site.client.get("/fr-ML/search", params={"q": "le gobi"})).text
        words = (await site.client.get("/fr-ML/search/words")).text
        assert "<li>mégas, gobi" in words and "<p data-ignored>le" in words
