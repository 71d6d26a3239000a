"""French typography: no-break spaces, so that no line starts with a colon, question mark or closing quotation mark."""

from __future__ import annotations

import re

_TAG = re.compile(r"(<[^>]*>)")
_BEFORE = re.compile(r" (?=[:;?!»])")
_AFTER = re.compile(r"« ")


def french_spacing(html: str) -> str:
    """Insert no-break spaces before `:;?!»` and after `«` in text or HTML, except in code and attributes."""
    parts = _TAG.split(html)
    is_code = False
    for index, part in enumerate(parts):
        if index % 2:
            is_code = part.startswith("<code") or (is_code and part != "</code>")
        elif not is_code:
            parts[index] = _AFTER.sub("«\u00a0", _BEFORE.sub("\u00a0", part))
    return "".join(parts)
