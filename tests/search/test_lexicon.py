"""The lexicon as its page says it, and what an import refuses of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.content.folder import read_folder
from sync.errors import BadFolder
from sync.search.lexicon import Lexicon
from tests.support.content_folder import GOOD, write


def test_a_page_gives_ignored_words_and_synonyms() -> None:
    lexicon = Lexicon.from_page(
        "T\n<h1>T</h1><ul data-synonyms><li>tél &amp; puce, mot de passe<li>vol, braquage</ul><p data-ignored>de la"
    )
    assert lexicon.words("Le mot de la puce") == ["le", "mot", "puce"]
    assert lexicon.synonyms[("tel", "pus")] == (("mot", "pas"),)
    assert lexicon.synonyms[("vol",)] == (("brak",),)
    assert Lexicon.from_page("") == Lexicon()


@pytest.mark.parametrize(
    ("groups", "code"),
    [
        ("  - mégas", "synonym-alone"),
        ("  - mégas, de la", "synonym-words"),
        ("  - mégas, un deux trois quatre cinq", "synonym-words"),
        ("  - mégas, data\n  - données, méga", "synonym-twice"),
    ],
)
def test_an_import_refuses_a_group_that_search_cannot_use(tmp_path: Path, groups: str, code: str) -> None:
    write(tmp_path, {**GOOD, "synonyms.yaml": f"ignored: [de, la]\ngroups:\n{groups}\n"})
    with pytest.raises(BadFolder) as refused:
        read_folder(tmp_path)
    assert [(error.path, error.code) for error in refused.value.errors] == [("synonyms.yaml", code)]
