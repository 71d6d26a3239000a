"""A new text gets its address from its title, so that nobody has to invent one."""

from __future__ import annotations

import re

import pytest

from server.writing.document_slug import free_slug
from sync.documents.text_types import SLUG


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Vérifier un message", "verifier-message"),
        ("L’eau : faire bouillir", "eau-faire-bouillir"),
        ("Dɔgɔtɔrɔ", "dogotoro"),
        ("À la une", "a-la-une"),
        ("Un titre très très long qui ne finit pas avant longtemps", "titre-tres-tres-long-qui-ne-finit-pas"),
        ("Ne payez pas pour un emploi", "ne-payez-pas-pour-emploi"),
        ("؟", ""),
        ("2026", "2026"),
    ],
)
def test_a_slug_is_made_of_the_titles_words(title: str, slug: str) -> None:
    assert free_slug(title, lambda name: False) == slug
    assert not slug or re.fullmatch(SLUG, slug)


def test_a_slug_that_another_text_has_gets_a_number() -> None:
    assert free_slug("Argent", {"argent", "argent-2"}.__contains__) == "argent-3"
