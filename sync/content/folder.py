"""A content folder read whole: all its documents, or every error in it. Nothing is written anywhere."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sync import complaints
from sync.alerts.library import Library
from sync.content import cross_check
from sync.content.layout import (
    AUDIO_SCRIPT_SUFFIX,
    FOLDERS,
    IGNORED_PATHS,
    DocumentPath,
    document_id,
    invalid_part,
    parse_path,
)
from sync.content.schemas import COUNTRY_SCHEMAS, DOCUMENT_TYPES, FORM_SCHEMAS, MARKDOWN_SCHEMAS
from sync.documents import front_matter, yaml_tree
from sync.documents.field_types import ErrorReport
from sync.documents.model import Site
from sync.documents.text_decoding import MARKDOWN_LIMIT, YAML_LIMIT, decode_text, file_too_large
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
    """One document of a folder. `value`: a dataclass of model.py, for "topics" a tuple of Topic."""

    id: str
    kind: str
    path: str
    value: Any


@dataclass(frozen=True, slots=True)
class ContentFolder:
    library: Library
    documents: tuple[FolderDocument, ...]


def read_folder(path: Path) -> ContentFolder:
    """The documents of a content folder, checked each and together. Raises BadFolder with every error found."""
    if not path.is_dir():
        raise BadFolder([BadContent(_printable(path), 0, "folder-missing", "Ce dossier n’existe pas.")])
    reading = _FolderReader(path.resolve())
    parsed = [entry for entry in map(reading.parse, reading.document_paths()) if entry is not None]
    library = build_library((entry.kind, entry.value) for entry in parsed)
    errors = reading.errors + cross_check.find_errors(parsed, reading.identities)
    errors = errors or _find_path_errors(library, parsed)
    if errors:
        raise BadFolder(errors)
    lang = library.site.lang
    return ContentFolder(
        library,
        tuple(
            FolderDocument(document_id(entry.kind, entry.value, lang), entry.kind, entry.path, entry.value)
            for entry in parsed
        ),
    )


def read_file(folder: Path, path: str) -> Any:
    """The document of one file of a content folder; None for a file that is not there or is no document by itself."""
    if not (folder / path).is_file():
        return None
    reading = _FolderReader(folder.resolve())
    parsed = reading.parse(PurePosixPath(path))
    return parsed.value if parsed and not reading.errors else None


def _find_path_errors(library: Library, parsed: Iterable[cross_check.ParsedDocument]) -> list[BadContent]:
    """Complaint paths that would leave someone stuck; they can be walked only when all else is right."""
    nodes = {entry.path: entry.node for entry in parsed}
    return complaints.find_path_errors(
        library, lambda path, steps: line_of(nodes[path], *steps) if path in nodes else 0
    )


def build_library(documents: Iterable[tuple[str, Any]]) -> Library:
    """The library of (kind, document) pairs."""
    by_kind: dict[str, list[Any]] = {kind: [] for kind in DOCUMENT_TYPES}
    for kind, document in documents:
        by_kind[kind].append(document)
    return Library(
        site=next(iter(by_kind["site"]), Site()),
        topics=next(iter(by_kind["topics"]), ()),
        places={document.country: document for document in by_kind["places"]},
        guides={(document.slug, document.lang): document for document in by_kind["guide"]},
        notices={(document.slug, document.lang): document for document in by_kind["notice"]},
        templates={(document.slug, document.lang): document for document in by_kind["template"]},
        authorities={document.country: document for document in by_kind["authorities"]},
        routes={document.country: document for document in by_kind["route"]},
        forms={document.slug: document for document in by_kind["form"]},
        alerts={document.slug: document for document in by_kind["alert"]},
    )


class _FolderReader:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.errors: list[BadContent] = []
        self.identities: set[tuple[str, str]] = set()

    def document_paths(self) -> Iterator[PurePosixPath]:
        """Regular files that may be documents, in order; what is neither document nor left alone is reported."""
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
            full = folder / name
            if full.is_symlink() and not (full.is_file() and full.resolve().is_relative_to(self.root)):
                self._report(
                    path,
                    "link-outside",
                    "Ce lien symbolique ne mène pas à un fichier de ce dossier.",
                    "Mettez le fichier lui-même.",
                )
            elif full.is_dir():
                yield from self._walk(full, path)
            else:
                yield path

    def parse(self, path: PurePosixPath) -> cross_check.ParsedDocument | None:
        place = parse_path(path)
        wrong = invalid_part(place) if place else ""
        if place is None:
            self._report(
                path,
                "file-unknown",
                "Ce fichier n’a pas sa place ici.",
                "Les documents sont dans {folders} : guides/<nom>/<langue>.md, routes/<PAYS>.yaml…",
                folders=", ".join(FOLDERS),
            )
        elif wrong:
            self._report(path, f"{wrong}-form", "Ce chemin n’a pas la bonne forme.", _NAME_HINTS[wrong])
        else:
            self.identities.add((place.kind, place.slug or place.country))
            try:
                return self._parse_as(path, place)
            except BadContent as error:
                self.errors.append(error)
        return None

    def _parse_as(self, path: PurePosixPath, place: DocumentPath) -> cross_check.ParsedDocument | None:
        shown = _printable(path)
        text = decode_text(
            self._read_bytes(path, MARKDOWN_LIMIT if place.kind in (*MARKDOWN_SCHEMAS, *FORM_SCHEMAS) else YAML_LIMIT),
            shown,
            YAML_LIMIT,
        )
        report = ErrorReport(shown)
        if place.kind in MARKDOWN_SCHEMAS:
            parts = front_matter.parse(text, shown)
            if not parts.body:
                report.add(parts.body_line, "body-empty", "Il n’y a pas de texte après l’en-tête.")
            value = MARKDOWN_SCHEMAS[place.kind].read(
                place.kind, parts.front_matter, report, slug=place.slug, lang=place.lang, body=parts.body
            )
            parsed = cross_check.ParsedDocument(place.kind, value, shown, parts.front_matter, parts.body_line)
        elif place.kind in FORM_SCHEMAS:
            value = read_form(place.slug, text, report)
            parsed = cross_check.ParsedDocument(place.kind, value, shown, yaml_tree.from_json({}))
        else:
            node = yaml_tree.parse(text, shown)
            parsed = cross_check.ParsedDocument(place.kind, self._parse_yaml(place, node, report), shown, node)
        self.errors.extend(report.errors)
        return None if report.errors else parsed

    def _parse_yaml(self, place: DocumentPath, node: yaml_tree.YamlNode, report: ErrorReport) -> Any:
        if place.kind not in COUNTRY_SCHEMAS:
            return DOCUMENT_TYPES[place.kind].read(place.kind, node, report)
        said = isinstance(node, MappingNode) and "country" in node.entries
        value = COUNTRY_SCHEMAS[place.kind].read(
            place.kind, node, report, **({} if said else {"country": place.country})
        )
        if value is not None and value.country != place.country:
            report.add(
                line_of(node, "country"),
                "country-other",
                "Le fichier dit {said}, son nom dit {named}.",
                said=value.country,
                named=place.country,
            )
        return value

    def _read_bytes(self, path: PurePosixPath, limit: int) -> bytes:
        full = self.root / path
        try:
            status = full.stat()
            if not stat.S_ISREG(status.st_mode):
                raise BadContent(_printable(path), 0, "file-unknown", "Ce n’est pas un fichier ordinaire.")
            if status.st_size > limit:
                raise file_too_large(_printable(path), status.st_size, limit)
            return full.read_bytes()
        except OSError:
            raise BadContent(
                _printable(path), 0, "file-unreadable", "Ce fichier ne peut pas être lu.", "Vérifiez ses droits."
            ) from None

    def _report_unreadable(self, path: PurePosixPath) -> None:
        self._report(path, "file-unreadable", "Ce fichier ne peut pas être lu.", "Vérifiez ses droits.")

    def _report(self, path: PurePosixPath, code: str, sentence: str, hint: str = "", **values: Any) -> None:
        self.errors.append(BadContent(_printable(path), 0, code, sentence, hint, **values))


def _printable(path: PurePosixPath | Path) -> str:
    """The path as text that can always be printed, whatever bytes its name has."""
    return os.fsencode(path).decode("utf-8", "replace")
