"""Placeholders of sentences: `{name}` alone. Used by `sync.locale` and `sync.errors`.

Python's own formatting also reaches attributes, items and widths (`{x.__class__}`, `{x:>400000000}`), so a sentence
that somebody else wrote would be a program. Here it is a text with holes, whoever calls.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]{0,40})\}")


def fill(text: str, values: Mapping[str, object]) -> str:
    """Put the values into the text's `{name}` placeholders; `{{` and `}}` stand for braces.

    Anything else in braces, and a name without a value, stay as they are.
    """

    def replace(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return match[0][0]
        return str(values[name]) if name in values else match[0]

    return _PLACEHOLDER.sub(replace, text)
