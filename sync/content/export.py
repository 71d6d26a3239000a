"""Export of the store's documents to a content folder, which an import reads back as the same documents."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sync.content.folder import read_file
from sync.content.layout import path_of, script_path_of
from sync.content.schemas import ALERT_SCHEMAS, FORM_SCHEMAS, MARKDOWN_SCHEMAS, to_fields
from sync.content.stored import StoredDocument, read_documents
from sync.content.yaml_comment_detection import comment_lines
from sync.documents.front_matter import DELIMITER
from sync.errors import Refused, Unavailable
from sync.store.contract import Store

_PATH_FIELDS = ("slug", "lang")  # given by the path, so left out of the file
_LINE_WIDTH = 1_000_000  # no text is wrapped, so that a changed sentence is one changed line


@dataclass(frozen=True, slots=True)
class ExportReport:
    """Paths within the folder."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]


async def export_folder(store: Store, folder: Path, *, drop_comments: bool = False) -> ExportReport:
    """Write every document that is not withdrawn, except sent alerts; other files stay unchanged.

    A file of an equal document stays unchanged as well, with its comments and its order. Raises Unavailable if the
    folder cannot be written, and Refused before any write if a changed file has comments, unless `drop_comments`.
    """
    documents = [document for document in await read_documents(store) if document.kind not in ALERT_SCHEMAS]
    try:
        return await asyncio.to_thread(_write_changed, folder, documents, drop_comments)
    except OSError as error:
        name = str(error.filename or folder)
        raise Unavailable(
            "folder-unwritable",
            "Ce dossier ne peut pas être écrit : {folder}.",
            "Vérifiez les droits du dossier.",
            folder=name,
        ) from None


def to_file_text(kind: str, document: Any) -> str:
    """The document as the text of its file."""
    fields = to_fields(kind, document)
    if kind == "topics":
        return to_yaml(fields["topics"])
    if kind in FORM_SCHEMAS:
        return f"{document.body}\n"
    if kind not in MARKDOWN_SCHEMAS:
        return to_yaml(fields)
    front_matter = {name: value for name, value in fields.items() if name not in (*_PATH_FIELDS, "body", "script")}
    return f"{DELIMITER}\n{to_yaml(front_matter)}{DELIMITER}\n\n{document.body}\n"


def _write_changed(folder: Path, documents: Sequence[StoredDocument], drop_comments: bool) -> ExportReport:
    files = {path_of(document.kind, document.value): document for document in documents}
    changed = {name: document for name, document in sorted(files.items()) if read_file(folder, name) != document.value}
    commented = [name for name in changed if _has_comments(folder / name)]
    if commented and not drop_comments:
        raise Refused(
            "export-comments",
            "Ces fichiers ont des notes (#) que l’exportation effacerait : {files}.",
            "Exportez dans un autre dossier et comparez, ou ajoutez --drop-comments.",
            files=", ".join(commented),
        )
    for name, document in changed.items():
        _write(folder / name, to_file_text(document.kind, document.value))
        if document.kind == "guide":
            _write_script(folder / script_path_of(name), document.value.script)
    return ExportReport(tuple(changed), tuple(name for name in sorted(files) if name not in changed))


def _has_comments(path: Path) -> bool:
    if not path.is_file():
        return False
    text = path.read_text("utf-8", "replace")
    if path.suffix == ".yaml":
        return bool(comment_lines(text))
    parts = text.split(f"{DELIMITER}\n", 2)
    return len(parts) == 3 and parts[0] == "" and bool(comment_lines(parts[1]))


def _write_script(path: Path, script: str) -> None:
    if script:
        _write(path, f"{script}\n")
    else:
        path.unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(text.encode())
    os.replace(part, path)  # noqa: PTH105  (atomic)


class _YamlDumper(yaml.SafeDumper):
    """Dumper that writes multi-line texts as blocks, and quotes texts that YAML would read as another type."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class _QuickYamlDumper(yaml.CSafeDumper):
    """Dumper of the same texts in C, which writes characters beyond U+FFFF as numbers."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: Any, text: str) -> yaml.Node:
    node: yaml.Node = dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)
    return node


_YamlDumper.add_representer(str, _represent_text)
_QuickYamlDumper.add_representer(str, _represent_text)


def to_yaml(data: Any) -> str:
    """The data as YAML, a text of several lines as a block; Adlam and pictures of emoji stay readable."""
    text = _dump(data, _QuickYamlDumper)
    return _dump(data, _YamlDumper) if "\\" in text else text


def _dump(data: Any, dumper: Any) -> str:
    return str(yaml.dump(data, Dumper=dumper, allow_unicode=True, sort_keys=False, width=_LINE_WIDTH))
