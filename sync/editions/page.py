"""A page: a path and a body, composed alike by phone and server (PROTOCOL.md, section 2).

Twin: pwa/src/protocol/page.ts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from sync.errors import NotProven

Part: TypeAlias = Literal["first", "rest"]

BODY_LIMIT = 16_384  # bytes: half a second over EDGE, and the most that an interrupted transfer loses
PATH_LIMIT = 120
SHELL = "_shell"
MISSING = "_missing"
INDEX = "index"
TITLE_MARKER = "<!--title-->"
MAIN_MARKER = "<!--main-->"

_PATH = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+){0,3}|_shell|_missing")


@dataclass(frozen=True, slots=True)
class Page:
    """`body`: the title as HTML text in the first line, then the HTML fragment. `part`: its part of the manifest."""

    path: str
    body: str
    part: Part = "rest"

    @property
    def title(self) -> str:
        return self.body.partition("\n")[0]


def is_page_path(path: str) -> bool:
    """True for a valid page path."""
    return len(path) <= PATH_LIMIT and _matches(path)


@lru_cache(maxsize=8192)
def _matches(path: str) -> bool:
    """Cached, for every channel and edition of a site checks the same paths; a request's long text never enters."""
    return _PATH.fullmatch(path) is not None


def compose(shell: str, body: str) -> str:
    """The HTML document of a page: title and fragment in place of the shell's markers.

    Raises NotProven if the shell lacks a marker.
    """
    head, title_marker, tail = shell.partition(TITLE_MARKER)
    middle, main_marker, end = tail.partition(MAIN_MARKER)
    if not title_marker or not main_marker:
        raise NotProven("shell-without-marks", "Le cadre des pages est incomplet.")
    title, _, fragment = body.partition("\n")
    return f"{head}{title}{middle}{fragment}{end}"
