"""XLSForms that other people made, from the folder `../shared/corpus/forms` beside the repository where it stands."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from sync.errors import KunnafoniError
from sync.forms.compiler import compile_markdown, read_workbook
from tests.support import repository

FOLDER = repository.ROOT.parent / "shared/corpus/forms"


def corpus_paths() -> list[Path]:
    """The forms in the order of their names; none where the folder is missing."""
    return sorted(path for path in FOLDER.glob("*") if path.suffix in (".xlsx", ".xlsm", ".xls", ".md"))


def accepted_forms() -> dict[str, dict[str, Any]]:
    """The compiled forms of the corpus that are taken, by file name."""
    forms: dict[str, dict[str, Any]] = {}
    for path in corpus_paths():
        try:
            forms[path.name] = compiled_form(path)
        except KunnafoniError:
            continue
    return forms


def compiled_form(path: Path) -> dict[str, Any]:
    """The compiled form. Raises BadFolder with every reason why it is refused."""
    if path.suffix == ".md":
        return compile_markdown("corpus", path.read_text("utf-8"))
    with warnings.catch_warnings(action="ignore"):  # of openpyxl, about what it does not read
        return read_workbook("corpus", path.read_bytes()).form
