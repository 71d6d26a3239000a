"""Compiled forms with every question type and every place for an expression. Used by the cases of both languages."""

from __future__ import annotations

from typing import Any

_TEXT = {"fr": "?"}


def _question(name: str, type: str, **more: Any) -> dict[str, Any]:
    return {"q": name, "type": type, "label": _TEXT, **more}


def _form(items: list[dict[str, Any]]) -> dict[str, Any]:
    choices = [{"name": name, "label": _TEXT, "is": {"rang": rank}} for name, rank in (("oui", "1"), ("non", "2"))]
    return {
        "v": 1,
        "form": "visite",
        "lang": "fr",
        "languages": ["fr"],
        "title": _TEXT,
        "audience": "device",
        "sealed": False,
        "keep": 30,
        "choices": {"avis": choices},
        "items": items,
    }


FORMS: tuple[dict[str, Any], ...] = (
    _form(
        [
            _question("mot", "text", required=True, constraint=["<=", ["string-length", ["."]], 9_000]),
            _question("nombre", "integer", constraint=[">=", ["."], 0]),
            _question("somme", "decimal", required=[">", ["$", "nombre"], 100]),
            _question("note", "note"),
            _question("double", "calculate", calculation=["*", ["$", "nombre"], 2]),
            _question("accord", "acknowledge", relevant=["=", ["$", "mot"], "Awa"]),
        ]
    ),
    _form(
        [
            _question("jour", "date", constraint=["<=", ["."], ["today"]]),
            _question("heure", "time"),
            _question("moment", "datetime"),
            _question("ici", "geopoint", decimals=2),
            _question("la", "geopoint", decimals=0),
            _question("photo", "image", pixels=800),
            _question("voix", "audio"),
        ]
    ),
    _form(
        [
            _question("avis", "select_one", list="avis", required=True),
            _question("tous", "select_multiple", list="avis", filter=["!=", ["@", "rang"], ["$", "rang"]]),
            _question("rang", "integer"),
            {
                "group": "g",
                "label": _TEXT,
                "relevant": ["selected", ["$", "tous"], "oui"],
                "items": [_question("pourquoi", "text", required=True)],
            },
            {
                "repeat": "enfants",
                "label": _TEXT,
                "items": [
                    _question("ans", "integer", required=True, constraint=["<", ["."], 120]),
                    {
                        "repeat": "repas",
                        "count": ["$", "ans"],
                        "relevant": ["<", ["$", "ans"], 4],
                        "items": [_question("plat", "text")],
                    },
                ],
            },
            _question("total", "calculate", calculation=["sum", ["$", "ans"]]),
        ]
    ),
)
