"""Comments in YAML files, which the store does not keep. Used by export, which refuses to drop them unasked."""

from __future__ import annotations

import re

import yaml

_HASH = re.compile(r"(?:^|(?<=\s))#", re.MULTILINE)


def comment_lines(text: str) -> list[int]:
    """The lines, from 1, with a comment; none if the text is no valid YAML."""
    try:
        spans = [
            (token.start_mark.index, token.end_mark.index)
            for token in yaml.scan(text, Loader=yaml.BaseLoader)
            if isinstance(token, yaml.ScalarToken)
        ]
    except yaml.YAMLError:
        return []
    positions = (match.start() for match in _HASH.finditer(text))
    comments = [position for position in positions if not any(start <= position < end for start, end in spans)]
    return sorted({text.count("\n", 0, position) + 1 for position in comments})
