"""Days on which addresses of sources answered, written into the text of content files.

Comments and order of a file stay. Used by the command `sources`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# A value as authors write it, quoted or plain; then the day that an earlier check wrote behind it.
_BLOCK = re.compile(r"""^(?P<indent> *)(?P<dash>- )?url: (?P<quote>["']?)(?P<url>\S+?)(?P=quote) *$""")
_FLOW = re.compile(
    r"""(?P<address>(?<=[{ ])url: (?P<quote>["'])(?P<url>[^"'\n]+)(?P=quote))(?P<day>, checked: ["'][0-9-]+["'])?"""
)
_CHECKED = re.compile(r"""^ *checked: ["']?[0-9-]+["']? *$""")


def with_checked_days(text: str, days: Mapping[str, str]) -> str:
    """The text of a content file in which each source with an address of `days` is `checked` on that day."""
    lines = text.split("\n")
    written: list[str] = []
    skipped = -1
    for number, line in enumerate(lines):
        if number == skipped:
            continue
        block = _BLOCK.match(line)
        if block and block["url"] in days:
            indent = block["indent"] + ("  " if block["dash"] else "")
            written += [line, f'{indent}checked: "{days[block["url"]]}"']
            if number + 1 < len(lines) and _CHECKED.match(lines[number + 1]):
                skipped = number + 1
        else:
            written.append(_FLOW.sub(lambda match: _flow_with_day(match, days), line))
    return "\n".join(written)


def _flow_with_day(match: re.Match[str], days: Mapping[str, str]) -> str:
    day = days.get(match["url"])
    return f'{match["address"]}, checked: "{day}"' if day else match[0]
