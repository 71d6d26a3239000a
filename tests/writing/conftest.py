"""Fixtures of the editor: the real content as stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.writing.checks import EDITABLE_KINDS
from sync.content.folder import read_folder
from sync.content.schemas import to_fields


@pytest.fixture(scope="module")
def content_documents(root: Path) -> list[tuple[str, dict[str, Any]]]:
    """Every document of the real content that the console edits, as kind and fields."""
    folder = read_folder(root / "content")
    return [
        (document.kind, to_fields(document.kind, document.value))
        for document in folder.documents
        if document.kind in EDITABLE_KINDS
    ]
