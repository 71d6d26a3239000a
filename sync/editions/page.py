"""A page: a path and a body that phone and server show alike (PROTOCOL.md, section 2). Twin: pwa/src/protocol/page.ts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from sync.errors import NotProven

Part: TypeAlias = Literal["first", "rest"]

BODY_LIMIT = 16_384  # bytes; on EDGE half a second, and what one broken link costs at most
PATH_LIMIT = 120
SHELL = "_shell"
MISSING = "_missing"
INDEX = "index"
TITLE_MARKER = "<!--title-->"
MAIN_MARKER = "<!--main-->"

_PATH = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+){0,3}|_shell|_missing")


@dataclass(frozen=True, slots=True)
class Page:
    """`body`: first line the title as HTML text, then the fragment. `part`: where in the manifest it stands."""

    path: str
    body: str
    part: Part = "rest"

    @property
    def title(self) -> str:
        return self.body.partition("\n")[0]


@lru_cache(maxsize=8192)
def is_page_path(path: str) -> bool:
    """Remembered: a site asks it of the same pages for every channel and edition."""
    return len(path) <= PATH_LIMIT and _PATH.fullmatch(path) is not None


def compose(shell: str, body: str) -> str:
    """The whole HTML document of a page: its title and fragment in the shell's two places. Raises NotProven for a shell without them."""
    head, title_mark, tail = shell.partition(TITLE_MARKER)
    middle, main_mark, end = tail.partition(MAIN_MARKER)
    if not title_mark or not main_mark:
        raise NotProven("shell-without-marks", "Le cadre des pages est incomplet.")
    title, _, fragment = body.partition("\n")
    return f"{head}{title}{middle}{fragment}{end}"
