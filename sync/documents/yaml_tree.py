"""YAML as a tree that knows its lines: scalars stay text (the field's table says what they are), so `NO`, `0123` or a date surprise nobody.

Refused besides bad syntax: keys said twice, anchors and aliases (a small file can become gigabytes), tags, deep nesting, a second document.
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from sync.errors import BadContent

MAX_DEPTH = 12  # levels; a source within a fact of a step of a harm of a route takes nine

_HINTS = {
    "mapping values are not allowed": "Mettez entre guillemets un texte qui contient « : ».",
    "cannot start any token": "Remplacez la tabulation par des espaces, et mettez entre guillemets un texte qui commence par @, ` ou %.",
    "unexpected end of stream": "Fermez le guillemet ou le crochet ouvert ici.",
    "could not find expected ':'": "Chaque ligne s’écrit « nom: valeur ».",
    "expected <block end>": "Vérifiez les espaces en début de ligne : les noms d’un même niveau s’alignent.",
    "expected ',' or": "Fermez le crochet, l’accolade ou le guillemet de cette ligne.",
}


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A text; `plain`: written without quotes, so it may be a number, true, false or nothing."""

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
    """Key to value; a value under a key carries the key's line."""

    line: int
    entries: dict[str, YamlNode]


YamlNode: TypeAlias = ScalarNode | SequenceNode | MappingNode


def parse(text: str, path: str, lines_before: int = 0) -> YamlNode:
    """The tree of one YAML document, `before` lines of the file standing above it. Raises BadContent."""
    reading = _EventReader(path, lines_before, text.rstrip().count("\n"))
    try:
        events = iter(yaml.parse(text, Loader=yaml.BaseLoader))
        return reading.document(events)
    except yaml.MarkedYAMLError as error:
        unclosed = "end of stream" in (error.problem or "") and error.context_mark is not None
        mark = error.context_mark if unclosed else error.problem_mark or error.context_mark
        hint = next((hint for problem, hint in _HINTS.items() if problem in (error.problem or "")), "")
        raise reading.bad_content(mark, "yaml-syntax", "Le YAML n’est pas lisible à cet endroit.", hint) from None
    except yaml.YAMLError:
        raise BadContent(path, lines_before + 1, "yaml-syntax", "Ce YAML n’est pas lisible.") from None


def from_json(data: Any) -> YamlNode:
    """JSON data as a tree without lines (0), so that the store's fields pass the same checks as files."""
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
    """A place in JSON data: its keys and indexes, joined by dots. `line`: within a text of several lines, 0 for the whole."""

    path: str
    line: int = 0


def from_json_with_lines(data: Any) -> tuple[YamlNode, Callable[[int], JsonLocation]]:
    """JSON data as a tree with lines as if it were a file, and the way from such a line back to its place: so an error that knows a line
    is shown beside its field.
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
        at = bisect_right(self.first_lines, line) - 1
        return JsonLocation(self.paths[at], line - self.first_lines[at])


def line_of(node: YamlNode, *steps: str | int) -> int:
    """The line of what `steps` lead to; where they lead nowhere, of the last thing they reached."""
    for step in steps:
        if isinstance(node, MappingNode) and isinstance(step, str) and step in node.entries:
            node = node.entries[step]
        elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            break
    return node.line


class _EventReader:
    def __init__(self, path: str, before: int, last: int) -> None:
        self.path = path
        self.lines_before = before
        self.last_line = last

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
