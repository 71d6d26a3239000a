"""The draft of a notice that a case begins: everything that people reported is filled in, nothing is judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.rumours.rumour_case import RumourCase
from sync.locale import Language

MAX_TITLE, MAX_CLAIM, MAX_WORDING, MAX_WHERE = 120, 1000, 300, 200  # characters, as of model.Notice
MAX_WORDINGS = 30
UNPROVEN = "unproven"


def notice_fields(
    case: RumourCase, slug: str, lang: str, place_names: Mapping[str, str], today: str, language: Language
) -> dict[str, Any]:
    """The fields of the draft. The body is the order of a notice, to be filled by whoever checks."""
    title = _one_line(case.words, MAX_TITLE)
    fields: dict[str, Any] = {
        "slug": slug,
        "lang": lang,
        "title": title,
        "claim": _one_line(case.words, MAX_CLAIM),
        "verdict": UNPROVEN,
        "wordings": list(dict.fromkeys(_one_line(words, MAX_WORDING) for words in case.wordings))[:MAX_WORDINGS],
        "seen_when": case.first_day,
        "updated": today,
        "body": "\n\n".join(
            (
                language("Écrivez d’abord ce qui est vrai."),
                f"## {language('Pourquoi')}",
                f"## {language('Vérifier soi-même')}",
                f"1. {language('Demandez à une personne qui vit sur place.')}",
                f"## {language('Que faire maintenant')}",
                f"- {language('Ne transférez pas ce message.')}",
            )
        ),
    }
    if places := [place_names.get(code, code) for code, _count in case.places]:
        fields["seen_where"] = _one_line(", ".join(places), MAX_WHERE)
    return fields


def _one_line(text: str, limit: int) -> str:
    """The text in one line, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return (line[:limit].rpartition(" ")[0] or line[: limit - 1]) + "…" if limit > 1 else line[:limit]
