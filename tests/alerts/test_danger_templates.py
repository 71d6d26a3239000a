"""The skeletons of frequent dangers: whole, with blanks, and lasting a day at most."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.alerts.danger_templates import BLANK, read_danger_templates
from sync.content.folder import read_folder
from sync.errors import BadFolder
from tests.support.content_folder import GOOD, write
from tests.support.repository import ROOT

SKELETONS = read_danger_templates(ROOT / "content")


def test_the_site_has_the_frequent_dangers() -> None:
    assert {"crue", "orage", "chaleur", "feu", "maladie", "disparition", "rumeur-de-violence"} <= SKELETONS.keys()
    assert len({skeleton.pictogram for skeleton in SKELETONS.values()}) == len(SKELETONS)


@pytest.mark.parametrize("slug", SKELETONS)
def test_a_skeleton_says_nothing_that_only_a_witness_knows(slug: str) -> None:
    skeleton = SKELETONS[slug]
    assert 0 < skeleton.hours <= 24
    assert set(skeleton.info) == {"fr", "en"}
    for info in skeleton.info.values():
        for text in (info.headline, info.description, info.instruction):
            assert BLANK.search(text), text
            assert not any(letter.isdigit() for letter in text), text


def test_a_language_in_which_nobody_wrote_is_left_out() -> None:
    flood = SKELETONS["crue"]
    texts = flood.fields["info"]
    french = {**texts["fr"], "headline": "Crue à San"}
    assert flood.without_untouched({"info": {**texts, "fr": french}}) == {"info": {"fr": french}}
    assert flood.without_untouched({"info": texts}) == {"info": texts}


def test_a_rumour_is_never_given_as_a_fact() -> None:
    rumour = SKELETONS["rumeur-de-violence"]
    assert (rumour.severity, rumour.certainty) == ("Unknown", "Unknown")


def test_a_broken_skeleton_is_named_with_its_line_when_content_is_read(tmp_path: Path) -> None:
    skeleton = (ROOT / "content/dangers/feu.yaml").read_text("utf-8").replace("hours: 6", "hours: 600")
    with pytest.raises(BadFolder) as caught:
        read_folder(write(tmp_path, {**GOOD, "dangers/feu.yaml": skeleton}))
    assert [(error.path, error.line) for error in caught.value.errors] == [("dangers/feu.yaml", 8)]
