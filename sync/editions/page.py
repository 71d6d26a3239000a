"""A page: a path and a body, composed alike by phone and server (PROTOCOL.md, section 2).

Twin: pwa/src/protocol/page.ts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from sync.canonical import digest
from sync.errors import NotProven

Part: TypeAlias = Literal["first", "rest", "apart"]

BODY_LIMIT = 16_384  # bytes: half a second over EDGE, and the most that an interrupted transfer loses
PATH_LIMIT = 120
SHELL = "_shell"
MISSING = "_missing"
INDEX = "index"
TITLE_MARKER = "<!--title-->"
MAIN_MARKER = "<!--main-->"
ALERTS_MARKER = "<!--alerts-->"

_APART = re.compile(r'<div data-feature="?form\b[^>]*\bdata-digests=(?:"([A-Za-z0-9_ -]+)"|([A-Za-z0-9_-]+))')
_PATH = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+){0,3}|_shell|_missing")


@dataclass(frozen=True, slots=True)
class Page:
    """`body`: the title as HTML text in the first line, then the HTML fragment.

    `part`: its part of the manifest; "apart" stands in none: another page names its digest.
    """

    path: str
    body: str
    part: Part = "rest"

    @property
    def title(self) -> str:
        return self.body.partition("\n")[0]

    @property
    def digest(self) -> str:
        return digest(self.body)


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page that was rendered before from the same inputs, by the digest of its body."""

    path: str
    digest: str
    part: Part = "rest"


def digests_apart(body: str) -> list[str]:
    """The digests of the pages that stand apart from the manifest and that this page names, in order."""
    match = _APART.search(body)
    return (match[1] or match[2]).split() if match else []


def rendered_pages(pages: Iterable[Page | KeptPage]) -> list[Page]:
    """The pages that were rendered now: all of them where there is no cache."""
    return [page for page in pages if isinstance(page, Page)]


def is_page_path(path: str) -> bool:
    """True for a valid page path."""
    return len(path) <= PATH_LIMIT and _matches(path)


@lru_cache(maxsize=8192)
def _matches(path: str) -> bool:
    """Cached, for every channel and edition of a site checks the same paths; a request's long text never enters."""
    return _PATH.fullmatch(path) is not None


@dataclass(frozen=True, slots=True)
class AlertsSplit:
    """A text around its part about alerts; the markers are left out."""

    before: str
    after: str


def split_at_alerts(text: str) -> AlertsSplit | None:
    """Split a shell or a body at its part between alert markers; None if it has none."""
    before, first_marker, rest = text.partition(ALERTS_MARKER)
    _, second_marker, after = rest.partition(ALERTS_MARKER)
    return AlertsSplit(before, after) if first_marker and second_marker else None


def compose(shell: str, body: str) -> str:
    """The HTML document of a page: title and fragment in place of the shell's markers.

    A page that speaks of alerts itself, between markers, is shown without the shell's banner. Raises NotProven if the
    shell lacks a marker.
    """
    banner = split_at_alerts(shell)
    if banner and split_at_alerts(body):
        shell = banner.before + banner.after
    head, title_marker, tail = shell.partition(TITLE_MARKER)
    middle, main_marker, end = tail.partition(MAIN_MARKER)
    if not title_marker or not main_marker:
        raise NotProven("shell-without-marks", "Le cadre des pages est incomplet.")
    title, _, fragment = body.partition("\n")
    return f"{head}{title}{middle}{fragment}{end}"
