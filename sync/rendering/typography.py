"""What a careful printer does to French: no line begins with a colon, a question mark or a closing quotation mark."""

from __future__ import annotations

import re

_TAG = re.compile(r"(<[^>]*>)")
_BEFORE = re.compile(r" (?=[:;?!»])")
_AFTER = re.compile(r"« ")


def french_spacing(html: str) -> str:
    """Text or HTML with no-break spaces where French has a space inside a pair. Code and attributes stay as they are."""
    parts = _TAG.split(html)
    code = False
    for index, part in enumerate(parts):
        if index % 2:
            code = part.startswith("<code") or (code and part != "</code>")
        elif not code:
            parts[index] = _AFTER.sub("«\u00a0", _BEFORE.sub("\u00a0", part))
    return "".join(parts)
