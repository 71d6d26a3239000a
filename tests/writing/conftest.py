"""The real content, as the store holds it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.writing.checks import EDITABLE_KINDS
from sync.content.folder import read_folder
from sync.content.schemas import to_fields


@pytest.fixture(scope="module")
def content_documents(root: Path) -> list[tuple[str, dict[str, Any]]]:
    """Every document of the real content that the console edits, as the store keeps it."""
    found = read_folder(root / "content")
    return [(one.kind, to_fields(one.kind, one.value)) for one in found.documents if one.kind in EDITABLE_KINDS]
