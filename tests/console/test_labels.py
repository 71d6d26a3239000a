"""Words of the console: labels of all that the journal records, and no words of programmers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from server.console.components.labels import DEEDS, DETAILS
from sync.locale import read_catalog
from tests.support.translatable_sentences import plural_sentences, translatable_sentences

STRANGE = {
    "fr": re.compile(r"\b(?:nom court|octets?|chaînes?|éditions?|markdown)\b", re.IGNORECASE),
    "en": re.compile(r"\b(?:slug|bytes?|channels?|editions?|markdown)\b", re.IGNORECASE),
}


def deeds(root: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call that writes to the audit log, with the action it names."""
    for path in (root / "server").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                at = {"record_action": 0, "record": 1}.get(call.func.attr, -1)
                if (
                    0 <= at < len(call.args)
                    and isinstance(called := call.args[at], ast.Constant)
                    and isinstance(called.value, str)
                ):
                    yield called.value, call


def test_every_deed_and_every_detail_of_it_has_words(root: Path) -> None:
    calls = list(deeds(root))
    assert len(calls) > 30
    assert {deed for deed, _ in calls} - set(DEEDS) == set()
    assert {word.arg for _, call in calls for word in call.keywords if word.arg} - set(DETAILS) == set()


def test_the_console_speaks_of_languages_and_pages_not_of_channels_and_editions(root: Path) -> None:
    catalog = read_catalog(root / "content/locale/en.po")
    shown = [
        sentence
        for sentences in (
            translatable_sentences(),
            {"\0".join(forms): path for forms, path in plural_sentences().items()},
        )
        for sentence, path in sentences.items()
        if path.startswith("server/console/")
    ]
    assert len(shown) > 800
    texts = [("fr", sentence) for sentence in shown] + [("en", catalog[sentence]) for sentence in shown]
    strange = [text for lang, text in texts if STRANGE[lang].search(re.sub(r"\{\w+\}", "", text))]
    assert strange == []
