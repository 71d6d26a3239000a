"""Pictograms: line drawings on a 24 by 24 grid, drawn for this project and used by name.

A page holds the definitions once (`define`) and refers to them (`use`), always beside a word.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

# Path data of strokes two units wide with round ends; CSS gives width, colour and ends.
PICTOGRAMS = {
    "home": "M3 11l9-8 9 8M6 9v12h12V9M10 21v-6h4v6",
    "book": "M12 6c-2-2-5-3-9-3v16c4 0 7 1 9 3 2-2 5-3 9-3V3c-4 0-7 1-9 3zv16",
    "check": "M4 4h16v11h-9l-5 5v-5H4zM8 9l3 3 5-5",
    "scales": "M12 3v18M7 21h10M5 6l7-1 7 1M5 6l-3 8h6zM19 6l-3 8h6z",
    "search": "M10 3a7 7 0 100 14 7 7 0 000-14zM15 15l6 6",
    "phone": "M7 2h10v20H7zM11 18h2",
    "lock": "M5 11h14v10H5zM8 11V7a4 4 0 018 0v4M12 15v2",
    "coin": "M12 3a9 9 0 100 18 9 9 0 000-18zM10 17V8h5M10 12h4",
    "eye": "M2 12c5-8 15-8 20 0-5 8-15 8-20 0zM12 9a3 3 0 100 6 3 3 0 000-6z",
    "people": "M8 4a3 3 0 100 6 3 3 0 000-6zM2 20c0-8 12-8 12 0M16 4a3 3 0 010 6M17 13c3 0 5 3 5 7",
    "camera": "M3 7h4l2-3h6l2 3h4v13H3zM12 10a3 3 0 100 7 3 3 0 000-7z",
    "shield": "M12 2l8 3v6c0 6-3 9-8 11-5-2-8-5-8-11V5zM8 12l3 3 5-6",
    "pen": "M4 20l1-5L16 4l4 4L9 19zM13 7l4 4",
    "vote": "M3 13h18v8H3zM8 13V3h8v10M10 7l2 2 3-4M8 17h8",
    "megaphone": "M4 10v5h4l9 5V5L8 10zM8 15v6h3v-4M20 9v7",
    "ear": "M7 9a5 5 0 0110 0c0 5-4 5-4 9s-5 4-6 1M10 9a2 2 0 014 0c0 2-2 2-2 4",
    "speech": "M3 4h18v12h-8l-6 5v-5H3zM8 8l8 4M16 8l-8 4",
    "news": "M3 4h14v16H5a2 2 0 01-2-2zM17 9h4v9a2 2 0 01-4 0M6 8h8M6 12h8M6 16h5",
    "card": "M2 5h20v14H2zM8 9a2 2 0 100 4 2 2 0 000-4zM5 16c1-3 5-3 6 0M14 10h5M14 14h5",
    "hidden": "M2 12c5-8 15-8 20 0-5 8-15 8-20 0zM12 9a3 3 0 100 6 3 3 0 000-6zM4 3l16 18",
    "mask": "M3 5c6 3 12 3 18 0 1 9-3 15-9 15S2 14 3 5zM7 11h3M14 11h3M9 16h6",
    "key": "M7 8a4 4 0 100 8 4 4 0 000-8zM11 12h11v4M17 12v3",
    "hook": "M16 2v11a5 5 0 01-10 0l4 3M13 2h6",
    "flame": "M12 2c1 5 6 7 6 12a6 6 0 01-12 0c0-3 2-4 2-7 2 1 3 2 3 4 2-2 2-5 1-9z",
    "child": "M12 2a4 4 0 100 8 4 4 0 000-8zM12 10v6M6 12l6 2 6-2M8 22l4-6 4 6",
    "stop": "M8 2h8l6 6v8l-6 6H8l-6-6V8zM12 7v6M12 16v1",
    "letter": "M2 5h20v14H2zM2 6l10 8 10-8",
    "office": "M3 21h18M5 21V10M10 21V10M14 21V10M19 21V10M2 10h20L12 3z",
    "globe": "M12 2a10 10 0 100 20 10 10 0 000-20zM2 12h20M12 2c-6 6-6 14 0 20 6-6 6-14 0-20z",
    "true": "M12 2a10 10 0 100 20 10 10 0 000-20zM7 12l4 4 7-8",
    "mostly-true": "M21 8A10 10 0 1016 21M7 12l4 4 8-9",
    "unproven": "M12 2l10 10-10 10L2 12zM10 9c0-3 4-3 4 0 0 2-2 2-2 4M12 16v1",
    "misleading": "M12 3l10 18H2zM12 9v6M12 17v1",
    "out-of-context": "M2 2h12v12H2zM10 17v5h12V10h-5M8 8l8 8M16 11v5h-5",
    "altered": "M6 4a3 3 0 100 6 3 3 0 000-6zM6 14a3 3 0 100 6 3 3 0 000-6zM9 8l13 9M9 16l13-9",
    "false": "M3 3h18v18H3zM8 8l8 8M16 8l-8 8",
}


def define(names: Iterable[str]) -> Markup:
    """The SVG symbols of the named pictograms, each once, in order of name."""
    known_names = sorted(set(names) & PICTOGRAMS.keys())
    return Markup("").join(
        Markup('<symbol id=i-{} viewBox="0 0 24 24"><path d="{}"/></symbol>').format(name, PICTOGRAMS[name])
        for name in known_names
    )


def use(name: str) -> Markup:
    """A reference to a pictogram; to the book if the name is unknown."""
    return Markup("<svg><use href=#i-{}></use></svg>").format(name if name in PICTOGRAMS else "book")
