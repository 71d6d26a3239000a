"""Previews of shared links: a messenger shows the title and the first sentences of the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.reader.page_preview import LIMIT, describe, preview_tags
from tests.support.small_site import running_site

pytestmark = pytest.mark.anyio


def test_the_description_is_the_first_sentences_below_the_heading() -> None:
    steps = "<ol><li class=pic><svg></svg><b>Gardez</b> la carte.</ol>"
    page = f"<a rel=up href=../guides>Guides</a><h1>Compte volé</h1><p>Un &amp; deux.{steps}<footer><p>Source</footer>"
    assert describe(page) == "Un & deux. Gardez la carte."


def test_what_is_hidden_or_no_text_is_left_out() -> None:
    assert describe("<h1>T</h1><p hidden>secret<p>Dit.") == "Dit."
    assert preview_tags("Titre &amp; suite\n<h1>Titre</h1>").startswith(
        '<meta name=description content="Titre &amp; suite">'
    )


def test_a_long_text_ends_at_a_word_and_no_text_becomes_markup() -> None:
    text = describe("<h1>T</h1><p>" + "mot " * 100)
    assert len(text) <= LIMIT and text.endswith("mot…")
    assert '"' not in re.sub(r'<meta [a-z:=]+ content="[^"<>]*">', "", preview_tags('A\n<h1>A</h1><p>"><script>x'))


async def test_a_page_says_what_it_is_to_whoever_shows_its_link(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        head = (await site.client.get("/fr-ML/guides/compte")).text.partition("<style>")[0]
        assert head.count("name=description") == 1
        assert '<meta property=og:title content="Garder son compte">' in head
        assert 'og:image content="http://site/app/icon-512.png"' in head
    assert "og:image" not in preview_tags("A\n<h1>A</h1>"), "the site does not know its own address"
