"""The places of the demonstration content, as the program reads them."""

from __future__ import annotations

from pathlib import Path

from sync.content.folder import read_file
from sync.documents.model import Places

CONTENT = Path(__file__).parents[2] / "content"
PLACES: dict[str, Places] = {
    path.stem: read_file(CONTENT, f"places/{path.name}") for path in sorted((CONTENT / "places").glob("*.yaml"))
}
COUNTRIES = tuple(PLACES)
