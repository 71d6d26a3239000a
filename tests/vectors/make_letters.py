"""Writer of tests/vectors/letters.json: each letter of each harm in Mali, filled with what must be there and no more.

Run `python -m tests.vectors.make_letters` after a letter was changed on purpose, and read its diff aloud.
"""

from __future__ import annotations

import json
from typing import Any

from sync.complaints import Letter, resolve_paths
from tests.support import site_texts
from tests.support.letter_words import filled_letter
from tests.support.repository import ROOT

PATH = ROOT / "tests/vectors/letters.json"
COUNTRY = "ML"
# Words as people write them, with the article that letters already have.
WORDS = {
    "vu": "le 3 novembre 2026 à 18 h",
    "depot": "le 3 octobre 2026",
    "vol": "le 3 novembre 2026 à 18 h",
    "date": "20 novembre 2026",
    "nom": "A. B.",
    "ville": "Kayes",
    "contact": "une adresse sûre",
    "delai": "72 heures",
    "plateforme": "Facebook",
    "liens": "https://exemple.invalid/1\nhttps://exemple.invalid/2",
    "faits": "Les mots exacts.",
}


def letters() -> dict[str, Letter]:
    """By slug, the letters of all harms in the country."""
    paths = resolve_paths(site_texts.library(), COUNTRY, "fr")
    found = (letter for path in paths for step in path.steps for letter in step.letters)
    return {letter.template.slug: letter for letter in found}


def cases() -> dict[str, Any]:
    described = {}
    for slug, letter in sorted(letters().items()):
        required = [field.name for field in letter.template.fields if field.required]
        words = {name: WORDS.get(name, f"({name})") for name in required}
        described[slug] = {
            "body": letter.body.strip().split("\n"),
            "labels": {field.name: field.label for field in letter.template.fields},
            "required": required,
            "words": words,
            "text": filled_letter(letter, words).split("\n"),
        }
    return described


if __name__ == "__main__":
    PATH.write_text(json.dumps(cases(), ensure_ascii=False, indent=1) + "\n", "utf-8")
