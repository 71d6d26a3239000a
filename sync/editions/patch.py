"""Word-based patches, which turn one page body into another in few bytes (PROTOCOL.md, section 4).

Twin: pwa/src/protocol/patch.ts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

from sync.canonical import is_well_formed
from sync.errors import NotProven

Patch: TypeAlias = list[int | str]

_WORD_PATTERN = re.compile(r"[^ \n<>]*[ \n<>]|[^ \n<>]+")


def split_words(text: str) -> list[str]:
    return _WORD_PATTERN.findall(text)


def make_patch(old: str, new: str) -> Patch:
    """The operations that turn `old` into `new`; a final run of equal words is omitted."""
    old_words, new_words = split_words(old), split_words(new)
    patch: Patch = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old_words, new_words, autojunk=False).get_opcodes():
        if tag == "equal":
            patch.append(i2 - i1)
            continue
        if i2 > i1:
            patch.append(i1 - i2)
        if j2 > j1:
            patch.append("".join(new_words[j1:j2]))
    if patch and isinstance(patch[-1], int) and patch[-1] > 0:
        patch.pop()
    return patch


def apply_patch(old: str, patch: Sequence[int | str]) -> str:
    """Apply a patch to `old`. Raises NotProven if the patch does not fit."""
    words = split_words(old)
    position = 0
    parts: list[str] = []
    for operation in patch:
        if isinstance(operation, str) and is_well_formed(operation):
            parts.append(operation)
        elif type(operation) is int and operation != 0 and position + abs(operation) <= len(words):
            if operation > 0:
                parts.extend(words[position : position + operation])
            position += abs(operation)
        else:
            raise NotProven("patch-misfit", "Une mise à jour ne correspond pas à la page du téléphone.")
    parts.extend(words[position:])
    return "".join(parts)
