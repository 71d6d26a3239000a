"""A country file's reviewed translation keeps the numbers and addresses of its originals; a draft may lack anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.content.folder import read_folder
from sync.errors import BadFolder
from tests.support.content_folder import GOOD, write

ORIGINAL = "Écrivez à aide@exemple.org ou ouvrez exemple.org/plainte avant 15 jours."
FAITHFUL = "Write to aide@exemple.org or open exemple.org/plainte within 15 days."
PLACES = {
    "routes/ANY.yaml": ("do: Écrivez au procureur.", f"do: {ORIGINAL}"),
    "authorities/ML.yaml": ("text: Il reçoit les plaintes.", f'text: "{ORIGINAL}"'),
}


def translated(path: str, translation: str, original: str = ORIGINAL, reviewed: bool = True) -> dict[str, str]:
    review = '    reviewed: {by: "A speaker", date: "2026-12-01"}\n' if reviewed else ""
    pair = f'      - {{original: "{original}", translation: "{translation}"}}\n'
    text = GOOD[path].replace(*PLACES[path]) + f"translations:\n  en:\n{review}    texts:\n{pair}"
    return {**GOOD, path: text}


@pytest.mark.parametrize("path", sorted(PLACES))
@pytest.mark.parametrize(
    ("translation", "code"),
    [
        (FAITHFUL.replace("15", "50"), "number-lost"),
        (FAITHFUL.replace("within 15 days", "soon"), "number-lost"),
        (FAITHFUL.replace("aide@exemple.org", "help@exemple.org"), "address-lost"),
        (FAITHFUL.replace("exemple.org/plainte", "our site"), "address-lost"),
    ],
)
def test_a_reviewed_path_or_office_that_lost_a_number_or_an_address_is_refused(
    path: str, translation: str, code: str, tmp_path: Path
) -> None:
    write(tmp_path / "whole", translated(path, FAITHFUL))
    read_folder(tmp_path / "whole")
    write(tmp_path / "draft", translated(path, translation, reviewed=False))
    read_folder(tmp_path / "draft")
    write(tmp_path / "poorer", translated(path, translation))
    with pytest.raises(BadFolder) as caught:
        read_folder(tmp_path / "poorer")
    assert [(error.path, error.code) for error in caught.value.errors] == [(path, code)]


@pytest.mark.parametrize("path", sorted(PLACES))
def test_a_translation_of_a_text_that_the_file_has_no_more_is_refused(path: str, tmp_path: Path) -> None:
    write(tmp_path, translated(path, "Wait.", original="Attendez."))
    with pytest.raises(BadFolder) as caught:
        read_folder(tmp_path)
    assert [(error.path, error.code) for error in caught.value.errors] == [(path, "original-unknown")]
