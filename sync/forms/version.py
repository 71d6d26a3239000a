"""A compiled form as JSON (PROTOCOL.md, section 8), the digest that names its version, and its reading as phones do it.

Importing this module loads no XLSForm library. Twin: pwa/src/protocol/form.ts.
"""

from __future__ import annotations

from typing import Any

from sync.canonical import canonical, digest
from sync.errors import NotProven
from sync.forms.question_types import QUESTION_TYPES
from sync.json_text import parse_json

FormJson = dict[str, Any]
FORM_FORMATS = (1, 2)  # 2: a list may hold one name twice


def version_of(form: FormJson) -> str:
    return digest(canonical(form))


def read_form(text: str, version: str) -> FormJson:
    """The form of a text. Raises NotProven unless its version is this one and its question types are known."""
    form: Any = None
    try:
        form = parse_json(text)
        is_proven = digest(canonical(form)) == version
    except ValueError:
        is_proven = False
    if not is_proven:
        raise NotProven("form-damaged", "Ce formulaire a été abîmé en chemin.")
    if (
        not isinstance(form, dict)
        or type(form.get("v")) is not int
        or form["v"] not in FORM_FORMATS
        or not _are_known(form.get("items"))
    ):
        raise NotProven(
            "version-unknown", "Ce formulaire vient d’une version plus récente : mettez l’application à jour."
        )
    return form


def _are_known(items: Any) -> bool:
    return isinstance(items, list) and all(isinstance(item, dict) and _is_known(item) for item in items)


def _is_known(item: dict[str, Any]) -> bool:
    if "q" in item:
        return isinstance(item.get("type"), str) and item["type"] in QUESTION_TYPES
    return ("group" in item or "repeat" in item) and _are_known(item.get("items"))
