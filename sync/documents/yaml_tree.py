"""YAML as a tree with line numbers. Scalars stay text, as field types decide their meaning: `NO` is no boolean.

Refused besides syntax errors: duplicate keys, anchors and aliases (a small file can expand to gigabytes), tags, deep
nesting, a second document.
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from sync.errors import BadContent

MAX_DEPTH = 12  # levels; a source in a fact of a step of a harm of a route is at level nine

_HINTS = {
    "mapping values are not allowed": "Mettez entre guillemets un texte qui contient « : ».",
    "cannot start any token": (
        "Remplacez la tabulation par des espaces, et mettez entre guillemets un texte qui commence par @, ` ou %."
    ),
    "unexpected end of stream": "Fermez le guillemet ou le crochet ouvert ici.",
    "could not find expected ':'": "Chaque ligne s’écrit « nom: valeur ».",
    "expected <block end>": "Vérifiez les espaces en début de ligne : les noms d’un même niveau s’alignent.",
    "expected ',' or": "Fermez le crochet, l’accolade ou le guillemet de cette ligne.",
}


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A text; `is_plain` if written without quotes, so that it may be a number, a boolean or nothing."""

    line: int
    text: str
    is_plain: bool = False

    @property
    def is_empty(self) -> bool:
        return self.is_plain and self.text in ("", "~", "null")


@dataclass(frozen=True, slots=True)
class SequenceNode:
    line: int
    items: tuple[YamlNode, ...]


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Values by key; the line of a value is the line of its key."""

    line: int
    entries: dict[str, YamlNode]


YamlNode: TypeAlias = ScalarNode | SequenceNode | MappingNode


def parse(text: str, path: str, lines_before: int = 0) -> YamlNode:
    """The tree of one YAML document, which follows `lines_before` lines of the file. Raises BadContent."""
    reader = _EventReader(path, lines_before, text.rstrip().count("\n"))
    with suppress(yaml.YAMLError):
        return reader.document(iter(yaml.parse(text, Loader=yaml.CBaseLoader)))
    try:  # once more, as the loader in C often names a later line
        return reader.document(iter(yaml.parse(text, Loader=yaml.BaseLoader)))
    except yaml.MarkedYAMLError as error:
        is_unclosed = "end of stream" in (error.problem or "") and error.context_mark is not None
        mark = error.context_mark if is_unclosed else error.problem_mark or error.context_mark
        hint = next((hint for problem, hint in _HINTS.items() if problem in (error.problem or "")), "")
        raise reader.bad_content(mark, "yaml-syntax", "Le YAML n’est pas lisible à cet endroit.", hint) from None
    except yaml.YAMLError:
        raise BadContent(path, lines_before + 1, "yaml-syntax", "Ce YAML n’est pas lisible.") from None


def from_json(data: Any) -> YamlNode:
    """JSON data as a tree whose lines are all 0, so that records pass the same checks as files."""
    if isinstance(data, dict):
        return MappingNode(0, {str(key): from_json(value) for key, value in data.items()})
    if isinstance(data, (list, tuple)):
        return SequenceNode(0, tuple(from_json(item) for item in data))
    return _scalar_of(data)


def _scalar_of(data: Any) -> ScalarNode:
    if isinstance(data, bool):
        return ScalarNode(0, "true" if data else "false", is_plain=True)
    return (
        ScalarNode(0, "", is_plain=True)
        if data is None
        else ScalarNode(0, str(data), is_plain=not isinstance(data, str))
    )


@dataclass(frozen=True, slots=True)
class JsonLocation:
    """The keys and indexes that lead to a value, joined by dots; `line` within a multi-line text, 0 for all of it."""

    path: str
    line: int = 0


def from_json_with_lines(data: Any) -> tuple[YamlNode, Callable[[int], JsonLocation]]:
    """JSON data as a tree with artificial line numbers, and a function from such a line to its location in the data.

    The console displays an error, which knows a line, beside the field concerned.
    """
    numbering = _LineNumbering()
    return numbering.add(data, ""), numbering.locate


class _LineNumbering:
    def __init__(self) -> None:
        self.first_lines = [0]
        self.paths = [""]
        self.next_line = 1

    def add(self, data: Any, name: str) -> YamlNode:
        line = self.next_line
        self.first_lines.append(line)
        self.paths.append(name)
        self.next_line += 1 + (data.count("\n") + 1 if isinstance(data, str) and "\n" in data else 0)
        below = f"{name}." if name else ""
        if isinstance(data, dict):
            return MappingNode(line, {str(key): self.add(value, f"{below}{key}") for key, value in data.items()})
        if isinstance(data, (list, tuple)):
            return SequenceNode(line, tuple(self.add(item, f"{below}{index}") for index, item in enumerate(data)))
        return dataclasses.replace(_scalar_of(data), line=line)

    def locate(self, line: int) -> JsonLocation:
        index = bisect_right(self.first_lines, line) - 1
        return JsonLocation(self.paths[index], line - self.first_lines[index])


def line_of(node: YamlNode, *steps: str | int) -> int:
    """The line of the node that `steps` (keys and indexes) lead to, or of the last one that exists on the way."""
    for step in steps:
        if isinstance(node, MappingNode) and isinstance(step, str) and step in node.entries:
            node = node.entries[step]
        elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            break
    return node.line


class _EventReader:
    def __init__(self, path: str, lines_before: int, last_line: int) -> None:
        self.path = path
        self.lines_before = lines_before
        self.last_line = last_line

    def document(self, events: Iterator[yaml.Event]) -> YamlNode:
        next(events)  # stream start
        event = next(events)
        if isinstance(event, yaml.StreamEndEvent):
            return MappingNode(self.lines_before + 1, {})
        node = self.node(next(events), events, 1)
        next(events)  # document end
        event = next(events)
        if not isinstance(event, yaml.StreamEndEvent):
            raise self.bad_content(
                event.start_mark, "yaml-second", "Un second document commence ici : un fichier n’en contient qu’un."
            )
        if isinstance(node, ScalarNode) and node.is_empty:
            return MappingNode(node.line, {})
        return node

    def node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int, line: int = 0) -> YamlNode:
        mark: Any = event.start_mark
        line = line or self.lines_before + int(mark.line) + 1
        if depth > MAX_DEPTH:
            raise self.bad_content(
                event.start_mark, "yaml-deep", "Il y a trop de niveaux ici : {most} au plus.", most=MAX_DEPTH
            )
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self.bad_content(
                event.start_mark,
                "yaml-alias",
                "Les renvois YAML (& et *) ne sont pas admis.",
                "Répétez la valeur, ou mettez entre guillemets un texte qui commence par & ou *.",
            )
        if getattr(event, "tag", None):
            raise self.bad_content(
                event.start_mark,
                "yaml-tag",
                "Les étiquettes YAML (!) ne sont pas admises.",
                "Mettez entre guillemets un texte qui commence par un point d’exclamation.",
            )
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(event := next(events), yaml.SequenceEndEvent):
                items.append(self.node(event, events, depth + 1))
            return SequenceNode(line, tuple(items))
        if isinstance(event, yaml.MappingStartEvent):
            return self.entries(events, depth, line)
        scalar: Any = event
        return ScalarNode(line, scalar.value, is_plain=not scalar.style)

    def entries(self, events: Iterator[yaml.Event], depth: int, line: int) -> MappingNode:
        entries: dict[str, YamlNode] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self.node(event, events, depth + 1)
            if not isinstance(key, ScalarNode):
                raise self.bad_content(event.start_mark, "yaml-key", "Un nom de champ est un simple mot.")
            if key.text in entries:
                raise self.bad_content(
                    event.start_mark,
                    "field-twice",
                    "« {name} » est écrit deux fois (déjà ligne {first}).",
                    name=key.text,
                    first=entries[key.text].line,
                )
            entries[key.text] = self.node(next(events), events, depth + 1, key.line)
        return MappingNode(line, entries)

    def bad_content(self, mark: Any, code: str, sentence: str, hint: str = "", **values: Any) -> BadContent:
        line = min(mark.line, self.last_line) if mark else 0
        return BadContent(self.path, self.lines_before + line + 1, code, sentence, hint, **values)
