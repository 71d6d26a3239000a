"""Labels, hints and messages by language: plain text, in which `${question}` shows a value.

Used by sync/forms/compiler.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

from sync.forms.settings import FormSettings
from sync.forms.sheets import FormErrorReport, SheetRow

if TYPE_CHECKING:
    from sync.forms.survey import SurveyNode

MAX_LENGTH = 2000

_REFERENCE = re.compile(r"\$\{\s*([A-Za-z_][\w.-]*)\s*\}", re.ASCII)
_MEDIA = re.compile(r"[A-Za-z0-9_-]{43}\.(?:png|jpg|webp|svg|mp3|ogg|opus|m4a)")


class ReferenceResolver(Protocol):
    def value_reference(self, node: SurveyNode, name: str, column: str) -> Any:
        """The expression for a question's value in a text of `node`."""


class FormTexts:
    def __init__(
        self, settings: FormSettings, report: FormErrorReport, resolver: ReferenceResolver | None = None
    ) -> None:
        self._settings = settings
        self._report = report
        self._resolver = resolver

    def with_resolver(self, resolver: ReferenceResolver) -> FormTexts:
        return FormTexts(self._settings, self._report, resolver)

    def built_in(self, words: dict[str, str]) -> dict[str, Any]:
        """A built-in text in the form's languages; French replaces a missing translation of its first language."""
        lang = self._settings.lang
        return {lang: words.get(lang, words["fr"])} | {
            code: words[code] for code in self._settings.languages if code in words
        }

    def read(self, row: SheetRow, column: str) -> dict[str, Any]:
        """A row's text by language, its `${question}` not yet resolved."""
        texts: dict[str, Any] = {}
        for code, text in row.texts.get(column, {}).items():
            self._check_text(row, column, text)
            texts.setdefault(code or self._settings.lang, text)
            if code:
                texts[code] = text
        if texts and self._settings.lang not in texts:
            texts[self._settings.lang] = next(iter(texts.values()))
            self._report.tell(
                row,
                column,
                "text-untranslated",
                "Ce texte manque dans la langue du formulaire ({lang}) : celui d’une autre langue est montré.",
                lang=self._settings.lang,
            )
        return texts

    def add(self, node: SurveyNode, item: dict[str, Any], column: str) -> None:
        texts = self.read(node.row, column)
        if texts:
            item[column] = {code: self._split_references(node, column, text) for code, text in texts.items()}

    def add_media(self, row: SheetRow, item: dict[str, Any]) -> None:
        media = {kind: texts for kind in ("image", "audio") if (texts := self._read_media(row, kind))}
        if media:
            item["media"] = media

    def _read_media(self, row: SheetRow, kind: str) -> dict[str, Any]:
        names = self.read(row, kind)
        for lang, name in list(names.items()):
            if not _MEDIA.fullmatch(name):
                del names[lang]
                self._report.missing_media.append(name)
                self._report.tell(
                    row,
                    kind,
                    "media-missing",
                    "Le fichier « {name} » n’est pas sur ce site : le texte est montré sans lui.",
                    "Ajoutez-le sur le site, puis écrivez ici le nom que le site lui donne.",
                    name=name,
                )
        return names

    def _split_references(self, node: SurveyNode, column: str, text: str) -> Any:
        parts = _REFERENCE.split(text)
        if len(parts) == 1:
            return text
        resolved = [
            self._value_reference(node, part, column) if index % 2 else part for index, part in enumerate(parts)
        ]
        return [part for part in resolved if part != ""]

    def _value_reference(self, node: SurveyNode, name: str, column: str) -> Any:
        return self._resolver.value_reference(node, name, column) if self._resolver else ""

    def _check_text(self, row: SheetRow, column: str, text: str) -> None:
        if len(text) > MAX_LENGTH:
            self._report.add(
                row, column, "text-long", "Ce texte est trop long : {most} signes au plus.", most=MAX_LENGTH
            )
