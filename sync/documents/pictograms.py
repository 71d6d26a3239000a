"""Pictograms: line drawings on a 24 by 24 grid, one kept set from one icon set, used by name beside words.

The shell defines those of its frame; a page defines the others that it uses, each once, at its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup

from sync.documents.pictogram_drawings import DRAWINGS

PICTOGRAMS = DRAWINGS

# Pictograms of the shell: its navigation, alerts, and what scripts put on any page.
FRAME = frozenset(
    ("home", "book", "check", "scales", "search", "phone", "stop", "misleading", "megaphone", "unproven", "listen")
)
_USED = re.compile(r"<use href=#i-([a-z-]+)>")


def define(names: Iterable[str]) -> Markup:
    """The SVG symbols of the named pictograms, each once, in order of name."""
    known_names = sorted(set(names) & PICTOGRAMS.keys())
    return Markup("").join(
        Markup('<symbol id=i-{} viewBox="0 0 24 24"><path d="{}"/></symbol>').format(name, PICTOGRAMS[name])
        for name in known_names
    )


def define_used(html: str) -> Markup:
    """A hidden element with the symbols that a page uses and its shell does not define; "" for none."""
    return define_beside_frame(_USED.findall(html))


def define_beside_frame(names: Iterable[str]) -> Markup:
    """A hidden element with the symbols of the named pictograms that the shell does not define; "" for none."""
    symbols = define(set(names) - FRAME)
    return Markup("<svg hidden>{}</svg>").format(symbols) if symbols else Markup("")


def use(name: str) -> Markup:
    """A reference to a pictogram; to the book if the name is unknown."""
    return Markup("<svg><use href=#i-{}></use></svg>").format(name if name in PICTOGRAMS else "book")
