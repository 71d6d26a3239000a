"""Figures measured by tests, printed at the end of the report."""

from __future__ import annotations

FIGURES: list[str] = []


def record_figure(text: str) -> None:
    FIGURES.append(text)


def take_figures() -> list[str]:
    """Return and clear the figures, so that the first summary prints them once."""
    figures, FIGURES[:] = list(FIGURES), []
    return figures
