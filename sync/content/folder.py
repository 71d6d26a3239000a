"""Reader of content folders: all documents of a folder, or every error in it. Writes nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sync import complaints
from sync.alerts.danger_templates import read_danger_templates
from sync.alerts.library_with_alerts import Library
from sync.content import cross_check
from sync.content.layout import (
    AUDIO_SCRIPT_SUFFIX,
    FOLDERS,
    IGNORED_PATHS,
    DocumentPath,
    document_id,
    invalid_part,
    parse_path,
    script_path_of,
)
from sync.content.library import build_library
from sync.content.schemas import COUNTRY_SCHEMAS, DOCUMENT_TYPES, FORM_SCHEMAS, MARKDOWN_SCHEMAS
from sync.documents import front_matter, yaml_tree
from sync.documents.field_types import ErrorReport
from sync.documents.text_decoding import FORM_LIMIT, MARKDOWN_LIMIT, YAML_LIMIT, decode_text, file_too_large
from sync.documents.yaml_tree import MappingNode, line_of
from sync.errors import BadContent, BadFolder
from sync.forms.form_document import read_form

_NAME_HINTS = {
    "slug": "Le nom du dossier n’a que des lettres minuscules sans accent, des chiffres et des tirets.",
    "lang": "Le nom du fichier est un code de langue en minuscules : fr.md, bm.md.",
    "country": "Le nom du fichier est un code de pays en majuscules : ML.yaml.",
}
_IGNORED_NAMES = ("Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class FolderDocument:
    """A document of a folder. `value`: a dataclass of model.py, a tuple of Topic for "topics"."""

    id: str
    kind: str
    path: str
    value: Any


@dataclass(frozen=True, slots=True)
class ContentFolder:
    library: Library
    documents: tuple[FolderDocument, ...]


def read_folder(path: Path) -> ContentFolder:
    """The documents of a content folder, checked one by one and together. Raises BadFolder with every error."""
    if not path.is_dir():
        raise BadFolder([BadContent(_printable(path), 0, "folder-missing", "Ce dossier n’existe pas.")])
    reader = _FolderReader(path.resolve())
    documents = [document for document in map(reader.parse, reader.document_paths()) if document is not None]
    library = build_library((document.kind, document.value) for document in documents)
    errors = reader.errors + cross_check.find_errors(documents, reader.identities)
    errors = errors or _find_path_errors(library, documents)
    try:
        read_danger_templates(path)
    except BadFolder as error:
        errors = [*errors, *error.errors]
    if errors:
        raise BadFolder(errors)
    lang = library.site.lang
    return ContentFolder(
        library,
        tuple(
            FolderDocument(
                document_id(document.kind, document.value, lang), document.kind, document.path, document.value
            )
            for document in documents
        ),
    )


def read_file(folder: Path, path: str) -> Any:
    """The document of one file of a content folder; None if the file is missing or not valid."""
    if not (folder / path).is_file():
        return None
    reader = _FolderReader(folder.resolve())
    document = reader.parse(PurePosixPath(path))
    return document.value if document and not reader.errors else None


def _find_path_errors(library: Library, documents: Iterable[cross_check.ParsedDocument]) -> list[BadContent]:
    """Errors in complaint paths, such as a step without addressee; requires documents without other errors."""
    nodes = {document.path: document.node for document in documents}
    return complaints.find_path_errors(
        library, lambda path, steps: line_of(nodes[path], *steps) if path in nodes else 0
    )


class _FolderReader:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.errors: list[BadContent] = []
        self.identities: set[tuple[str, str]] = set()

    def document_paths(self) -> Iterator[PurePosixPath]:
        """Paths of regular files in order, ignored ones excluded; reports links that leave the folder."""
        yield from self._walk(self.root, PurePosixPath())

    def _walk(self, folder: Path, relative: PurePosixPath) -> Iterator[PurePosixPath]:
        try:
            names = sorted(entry.name for entry in folder.iterdir())
        except OSError:
            self._report_unreadable(relative)
            return
        for name in names:
            path = relative / name
            if (
                name.startswith(".")
                or name.endswith(("~", AUDIO_SCRIPT_SUFFIX))
                or name in _IGNORED_NAMES
                or str(path) in IGNORED_PATHS
            ):
                continue
            child = folder / name
            if child.is_symlink() and not (child.is_file() and child.resolve().is_relative_to(self.root)):
                self._report(
                    path,
                    "link-outside",
                    "Ce lien symbolique ne mène pas à un fichier de ce dossier.",
                    "Mettez le fichier lui-même.",
                )
            elif child.is_dir():
                yield from self._walk(child, path)
            else:
                yield path

    def parse(self, path: PurePosixPath) -> cross_check.ParsedDocument | None:
        location = parse_path(path)
        invalid = invalid_part(location) if location else ""
        if location is None:
            self._report(
                path,
                "file-unknown",
                "Ce fichier n’a pas sa place ici.",
                "Les documents sont dans {folders} : guides/<nom>/<langue>.md, routes/<PAYS>.yaml…",
                folders=", ".join(FOLDERS),
            )
        elif invalid:
            self._report(path, f"{invalid}-form", "Ce chemin n’a pas la bonne forme.", _NAME_HINTS[invalid])
        else:
            self.identities.add((location.kind, location.slug or location.country))
            try:
                return self._parse_as(path, location)
            except BadContent as error:
                self.errors.append(error)
        return None

    def _parse_as(self, path: PurePosixPath, location: DocumentPath) -> cross_check.ParsedDocument | None:
        kind, name = location.kind, _printable(path)
        limit = FORM_LIMIT if kind in FORM_SCHEMAS else MARKDOWN_LIMIT if kind in MARKDOWN_SCHEMAS else YAML_LIMIT
        text = decode_text(self._read_bytes(path, limit), name, limit)
        report = ErrorReport(name)
        if kind in MARKDOWN_SCHEMAS:
            file = front_matter.parse(text, name)
            if not file.body:
                report.add(file.body_line, "body-empty", "Il n’y a pas de texte après l’en-tête.")
            value = MARKDOWN_SCHEMAS[kind].read(
                kind,
                file.front_matter,
                report,
                slug=location.slug,
                lang=location.lang,
                body=file.body,
                **self._read_script(kind, path),
            )
            document = cross_check.ParsedDocument(kind, value, name, file.front_matter, file.body_line)
        elif kind in FORM_SCHEMAS:
            value = read_form(location.slug, text, report)
            document = cross_check.ParsedDocument(kind, value, name, yaml_tree.from_json({}))
        else:
            node = yaml_tree.parse(text, name)
            document = cross_check.ParsedDocument(kind, self._parse_yaml(location, node, report), name, node)
        self.errors.extend(report.errors)
        return None if report.errors else document

    def _read_script(self, kind: str, path: PurePosixPath) -> dict[str, str]:
        """The field `script` of a guide: the text of the file beside it, "" without one."""
        if kind != "guide":
            return {}
        script = PurePosixPath(script_path_of(str(path)))
        if not (self.root / script).is_file():
            return {"script": ""}
        name = _printable(script)
        return {"script": decode_text(self._read_bytes(script, MARKDOWN_LIMIT), name, MARKDOWN_LIMIT).strip()}

    def _parse_yaml(self, location: DocumentPath, node: yaml_tree.YamlNode, report: ErrorReport) -> Any:
        kind = location.kind
        if kind not in COUNTRY_SCHEMAS:
            return DOCUMENT_TYPES[kind].read(kind, node, report)
        has_country = isinstance(node, MappingNode) and "country" in node.entries
        preset = {} if has_country else {"country": location.country}
        value = COUNTRY_SCHEMAS[kind].read(kind, node, report, **preset)
        if value is not None and value.country != location.country:
            report.add(
                line_of(node, "country"),
                "country-other",
                "Le fichier dit {said}, son nom dit {named}.",
                said=value.country,
                named=location.country,
            )
        return value

    def _read_bytes(self, path: PurePosixPath, limit: int) -> bytes:
        file = self.root / path
        try:
            status = file.stat()
            if not stat.S_ISREG(status.st_mode):
                raise BadContent(_printable(path), 0, "file-unknown", "Ce n’est pas un fichier ordinaire.")
            if status.st_size > limit:
                raise file_too_large(_printable(path), status.st_size, limit)
            return file.read_bytes()
        except OSError:
            raise BadContent(
                _printable(path), 0, "file-unreadable", "Ce fichier ne peut pas être lu.", "Vérifiez ses droits."
            ) from None

    def _report_unreadable(self, path: PurePosixPath) -> None:
        self._report(path, "file-unreadable", "Ce fichier ne peut pas être lu.", "Vérifiez ses droits.")

    def _report(self, path: PurePosixPath, code: str, sentence: str, hint: str = "", **values: Any) -> None:
        self.errors.append(BadContent(_printable(path), 0, code, sentence, hint, **values))


def _printable(path: PurePosixPath | Path) -> str:
    """The path as printable text; bytes that are not UTF-8 are replaced."""
    return os.fsencode(path).decode("utf-8", "replace")
