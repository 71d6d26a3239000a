"""The comments of a YAML text, which a document in the store does not have: an export asks before it would drop them."""

from __future__ import annotations

import re

import yaml

_HASH = re.compile(r"(?:^|(?<=\s))#", re.MULTILINE)


def comment_lines(text: str) -> list[int]:
    """The lines, from 1, on which a comment stands; none of a text that is no YAML."""
    try:
        spans = [
            (token.start_mark.index, token.end_mark.index)
            for token in yaml.scan(text, Loader=yaml.BaseLoader)
            if isinstance(token, yaml.ScalarToken)
        ]
    except yaml.YAMLError:
        return []
    signs = (found.start() for found in _HASH.finditer(text))
    outside = [at for at in signs if not any(start <= at < end for start, end in spans)]
    return sorted({text.count("\n", 0, at) + 1 for at in outside})
