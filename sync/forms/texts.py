"""Labels, hints and messages by language: plain text, with `${question}` in it where a value is to be shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

from sync.forms.settings import Settings
from sync.forms.sheets import Problems, Row

if TYPE_CHECKING:
    from sync.forms.survey import Node

LONGEST = 2000

_REFERENCE = re.compile(r"\$\{\s*([A-Za-z_][\w.-]*)\s*\}", re.ASCII)
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|\*\*[^*]+\*\*|__[^_]+__|\[[^\]]+\]\([^)]+\)|^#{1,6} ", re.MULTILINE)
_MEDIA = re.compile(r"[A-Za-z0-9_-]{43}\.(?:png|jpg|webp|svg|mp3|ogg|opus|m4a)")


class References(Protocol):
    def shown(self, node: Node, name: str, column: str) -> Any:
        """The expression that shows a question's value beside `node`."""


class Texts:
    def __init__(self, settings: Settings, problems: Problems, references: References | None = None) -> None:
        self._settings = settings
        self._problems = problems
        self._references = references

    def with_logic(self, references: References) -> Texts:
        return Texts(self._settings, self._problems, references)

    def fixed(self, words: dict[str, str]) -> dict[str, Any]:
        """Words of ours in the form's languages; its first language always has some."""
        lang = self._settings.lang
        return {lang: words.get(lang, words["fr"])} | {
            code: words[code] for code in self._settings.languages if code in words
        }

    def plain(self, row: Row, column: str) -> dict[str, Any]:
        """A row's text by language, without values in it."""
        found: dict[str, Any] = {}
        for code, text in row.texts.get(column, {}).items():
            self._check(row, column, text)
            found.setdefault(code or self._settings.lang, text)
            if code:
                found[code] = text
        if found and self._settings.lang not in found:
            self._problems.add(
                row,
                column,
                "text-untranslated",
                "Ce texte manque dans la langue du formulaire ({lang}).",
                lang=self._settings.lang,
            )
        return found

    def add(self, node: Node, item: dict[str, Any], column: str) -> None:
        found = self.plain(node.row, column)
        if found:
            item[column] = {code: self._with_values(node, column, text) for code, text in found.items()}

    def add_media(self, row: Row, item: dict[str, Any]) -> None:
        media = {kind: texts for kind in ("image", "audio") if (texts := self._media(row, kind))}
        if media:
            item["media"] = media

    def _media(self, row: Row, kind: str) -> dict[str, Any]:
        found = self.plain(row, kind)
        for name in found.values():
            if not _MEDIA.fullmatch(name):
                self._problems.add(
                    row,
                    kind,
                    "media-missing",
                    "Le fichier « {name} » n’est pas sur ce site.",
                    "Ajoutez-le d’abord, puis écrivez le nom que le site lui donne.",
                    name=name,
                )
        return found

    def _with_values(self, node: Node, column: str, text: str) -> Any:
        parts = _REFERENCE.split(text)
        if len(parts) == 1:
            return text
        made = [self._shown(node, part, column) if index % 2 else part for index, part in enumerate(parts)]
        return [part for part in made if part != ""]

    def _shown(self, node: Node, name: str, column: str) -> Any:
        return self._references.shown(node, name, column) if self._references else ""

    def _check(self, row: Row, column: str, text: str) -> None:
        if len(text) > LONGEST:
            self._problems.add(
                row, column, "text-long", "Ce texte est trop long : {most} signes au plus.", most=LONGEST
            )
        if match := _MARKUP.search(text):
            self._problems.add(
                row,
                column,
                "text-markup",
                "La mise en forme « {markup} » n’est pas prise en charge.",
                "Gardez les mots, effacez les signes.",
                markup=match[0].strip(),
            )
