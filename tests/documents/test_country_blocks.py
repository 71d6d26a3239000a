"""Country blocks: a reader gets the parts of their country and nobody else's."""

from __future__ import annotations

from dataclasses import replace

from sync.documents.country_blocks import find_block_errors, text_for_country
from tests.support.sample_library import GUIDE, pages, with_guides

TEXT = "Pour tous.\n\n::: ML\nLoi du Mali.\n:::\n\n::: BF NE\n## Ailleurs\n\nLoi d’ailleurs.\n:::\n\nFin."


def test_a_reader_gets_the_blocks_of_their_country_only() -> None:
    assert text_for_country(TEXT, "ML") == "Pour tous.\n\nLoi du Mali.\n\nFin."
    assert text_for_country(TEXT, "NE") == "Pour tous.\n\n## Ailleurs\n\nLoi d’ailleurs.\n\nFin."
    assert text_for_country(TEXT, "SN") == "Pour tous.\n\nFin."
    assert text_for_country("Rien :: ici.", "ML") == "Rien :: ici."


def test_pages_of_a_channel_hold_no_block_of_another_country() -> None:
    library = with_guides(replace(GUIDE, body=TEXT))
    assert "Loi du Mali" in pages(library)["guides/compte"]
    other = pages(library, "fr-BF")["guides/compte"]
    assert "Loi du Mali" not in other
    assert "Loi d’ailleurs" in other
    assert ":::" not in other


def test_an_author_is_told_of_a_block_that_does_not_open_or_close() -> None:
    assert list(find_block_errors(TEXT)) == []
    assert list(find_block_errors("a\n:::")) == [2]
    assert list(find_block_errors("::: ML\na")) == [1]
    assert list(find_block_errors("::: ML\n::: BF\n:::")) == [2]
    assert list(find_block_errors("::: mali\na\n:::")) == [1, 3]
