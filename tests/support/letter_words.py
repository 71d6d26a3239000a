"""A complaint letter filled with a person's words, as pwa/src/features/letter fills it on the phone."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sync.complaints import PLACEHOLDER, Letter

_ARTICLE = re.compile(r"(?:^|\s)le\s$", re.IGNORECASE)


def filled_letter(letter: Letter, words: Mapping[str, str]) -> str:
    """The letter with `words` by the name of a blank.

    A line whose blanks are all optional and empty is left out; a required one without words keeps its label.
    """
    fields = {field.name: field for field in letter.template.fields}
    lines: list[str] = []
    for line in letter.body.strip().split("\n"):
        names = PLACEHOLDER.findall(line)
        is_optional = bool(names) and not any(fields[name].required for name in names)
        if is_optional and not any(words.get(name) for name in names):
            continue
        if not line.strip() and (not lines or not lines[-1].strip()):
            continue

        def word(match: re.Match[str]) -> str:
            text = words.get(match[1], "")
            before = match.string[: match.start()]
            return re.sub(r"^le\s+", "", text, flags=re.IGNORECASE) if text and _ARTICLE.search(before) else text

        lines.append(PLACEHOLDER.sub(lambda match: word(match) or f"[{fields[match[1]].label}]", line))
    return "\n".join(lines).strip()
