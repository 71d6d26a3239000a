"""What was measured on the way; the end of the report shows it."""

from __future__ import annotations

FIGURES: list[str] = []


def record_figure(text: str) -> None:
    FIGURES.append(text)


def take_figures() -> list[str]:
    """The figures measured so far, taken out: whichever folder's summary comes first prints them."""
    figures, FIGURES[:] = list(FIGURES), []
    return figures
