"""Forms as their pages hold them, read as phones read them (PROTOCOL.md, section 8).

Used by hubs, which get forms with the pages of an edition, and for the addresses of a form's further pages.
Twin: pwa/src/features/forms.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sync.editions.page import digests_apart
from sync.forms.version import FormJson, read_form

_ELEMENT = re.compile(
    r'<div data-feature="?form\b[^>]*?\bdata-version="?([A-Za-z0-9_-]{43})[^>]*?\bdata-parts="?([0-9]{1,3})'
)
_PART = re.compile(r'<script type="?application/json"? data-part="?[0-9]+"?>(.*?)</script>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class FormElement:
    """The element of a form in its first page. `version`: its digest. `paths`: of the edition's further pages that
    hold it. `apart`: the digests of its last parts, which stand in no manifest.
    """

    version: str
    paths: tuple[str, ...]
    apart: tuple[str, ...]

    def part_apart(self, number: int) -> str:
        """The digest of the form's page of this number, from 1, if it stands apart, else ""."""
        index = number - len(self.paths) - 2
        return self.apart[index] if 0 <= index < len(self.apart) else ""


def find_form(path: str, body: str) -> FormElement | None:
    """The form whose first page this is; None for any other page."""
    match = _ELEMENT.search(body)
    if match is None:
        return None
    apart = tuple(digests_apart(body))
    numbers = range(2, int(match[2]) - len(apart) + 1)
    return FormElement(match[1], tuple(f"{path}/{number}" for number in numbers), apart)


def join_form(
    element: FormElement, body: str, page_of: Callable[[str], str | None], parts: Mapping[str, str]
) -> FormJson | None:
    """The form of its first page, its further pages by path and its parts by digest; None while one is not here.

    Raises NotProven unless the form has the version that its page names.
    """
    bodies = [body, *(page_of(path) for path in element.paths), *(parts.get(name) for name in element.apart)]
    if any(text is None for text in bodies):
        return None
    return read_form("".join(part for text in bodies if text for part in _PART.findall(text)), element.version)
