"""Types of document fields: each validates a YAML node into a value and writes a value back as JSON.

Dataclasses declare their fields with these types (see schema_derivation.py). The same validation serves content
files, the records of a store and the forms of the console.
"""

from __future__ import annotations

import dataclasses
import datetime
import difflib
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol, runtime_checkable

from sync.documents.yaml_tree import MappingNode, ScalarNode, SequenceNode, YamlNode
from sync.errors import BadContent

MAX_ITEMS = 500  # items of a list: no country has as many places

_BLANKS = re.compile(r"[ \t\n]+")


class ErrorReport:
    """The errors found in one file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.errors: list[BadContent] = []

    def add(self, line: int, code: str, sentence: str, hint: str = "", **values: Any) -> None:
        self.errors.append(BadContent(self.path, line, code, sentence, hint, **values))


@runtime_checkable
class FieldType(Protocol):
    """`read` always returns a value, which is meaningful only if no error was reported."""

    def read(self, name: str, node: YamlNode, report: ErrorReport) -> Any: ...

    def to_json(self, value: Any) -> Any:
        """The value as JSON data that `read` accepts."""


def _require_scalar(name: str, node: YamlNode, report: ErrorReport) -> ScalarNode | None:
    if isinstance(node, ScalarNode):
        return node
    report.add(node.line, "field-form", "« {name} » attend une seule valeur, pas une liste ni des champs.", name=name)
    return None


@dataclasses.dataclass(frozen=True, slots=True)
class Text:
    """A text, on one line unless `is_multiline`; `code` and `hint` belong to the error for a text unlike `pattern`."""

    max_length: int = 300
    is_multiline: bool = False
    pattern: str = ""
    code: str = "text-form"
    hint: str = ""

    def read(self, name: str, node: YamlNode, report: ErrorReport) -> str:
        scalar = _require_scalar(name, node, report)
        if scalar is None or scalar.is_empty:
            return ""
        text = scalar.text.strip() if self.is_multiline else _BLANKS.sub(" ", scalar.text).strip(" ")
        if text and self.pattern and not re.fullmatch(self.pattern, text):
            report.add(
                node.line,
                self.code,
                "« {name} » n’a pas la bonne forme : « {text} ».",
                self.hint,
                name=name,
                text=text[:100],
            )
        elif len(text) > self.max_length:
            report.add(
                node.line,
                "text-long",
                "« {name} » est trop long : {length} signes, pour {most} au plus.",
                name=name,
                length=len(text),
                most=self.max_length,
            )
        return text

    def to_json(self, value: Any) -> Any:
        return value


@dataclasses.dataclass(frozen=True, slots=True)
class Date:
    """A date, YYYY-MM-DD; with `allows_partial` also YYYY-MM or YYYY."""

    allows_partial: bool = False

    def read(self, name: str, node: YamlNode, report: ErrorReport) -> str:
        scalar = _require_scalar(name, node, report)
        if scalar is None or scalar.is_empty:
            return ""
        text = scalar.text.strip()
        if not self._is_date(text):
            hint = (
                "Écrivez AAAA-MM-JJ, AAAA-MM ou AAAA."
                if self.allows_partial
                else "Écrivez AAAA-MM-JJ, par exemple 2026-11-24."
            )
            report.add(
                node.line, "date-form", "« {name} » n’est pas une date : « {text} ».", hint, name=name, text=text
            )
        return text

    def _is_date(self, text: str) -> bool:
        if not re.fullmatch(
            r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?" if self.allows_partial else r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text
        ):
            return False
        try:
            datetime.date.fromisoformat(text + "-01-01"[len(text) - 4 :])
        except ValueError:
            return False
        return True

    def to_json(self, value: Any) -> Any:
        return value


@dataclasses.dataclass(frozen=True, slots=True)
class Boolean:
    def read(self, name: str, node: YamlNode, report: ErrorReport) -> bool:
        scalar = _require_scalar(name, node, report)
        if scalar is not None and not (scalar.is_plain and scalar.text in ("true", "false")):
            report.add(node.line, "flag-form", "« {name} » vaut true ou false, sans guillemets.", name=name)
        return scalar is not None and scalar.text == "true"

    def to_json(self, value: Any) -> Any:
        return value


@dataclasses.dataclass(frozen=True, slots=True)
class Integer:
    """A whole number from 0 to `maximum`."""

    maximum: int = 999_999

    def read(self, name: str, node: YamlNode, report: ErrorReport) -> int:
        scalar = _require_scalar(name, node, report)
        if scalar is None:
            return 0
        if not re.fullmatch(r"0|[1-9][0-9]{0,8}", scalar.text) or int(scalar.text) > self.maximum:
            report.add(
                node.line, "number-form", "« {name} » est un nombre entier de 0 à {most}.", name=name, most=self.maximum
            )
            return 0
        return int(scalar.text)

    def to_json(self, value: Any) -> Any:
        return value


@dataclasses.dataclass(frozen=True, slots=True)
class PositiveDecimal:
    """A number above zero with at most four decimals; text in JSON, as canonical JSON has no fractions."""

    def read(self, name: str, node: YamlNode, report: ErrorReport) -> float:
        scalar = _require_scalar(name, node, report)
        if scalar is None:
            return 0.0
        if not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,4})?", scalar.text) or not float(scalar.text):
            report.add(
                node.line,
                "number-form",
                "« {name} » est un nombre au-dessus de zéro, quatre décimales au plus.",
                "Écrivez un point et non une virgule (2.5).",
                name=name,
            )
            return 0.0
        return float(scalar.text)

    def to_json(self, value: Any) -> Any:
        return f"{value:.4f}".rstrip("0").rstrip(".")


@dataclasses.dataclass(frozen=True, slots=True)
class OneOf:
    values: tuple[str, ...]

    def read(self, name: str, node: YamlNode, report: ErrorReport) -> str:
        scalar = _require_scalar(name, node, report)
        text = scalar.text.strip() if scalar is not None and not scalar.is_empty else ""
        if text and text not in self.values:
            near, hint = suggest(text, self.values)
            report.add(
                node.line,
                "value-unknown",
                "« {name} » ne peut pas valoir « {text} ».",
                hint or "Valeurs possibles : {values}.",
                name=name,
                text=text,
                near=near,
                values=", ".join(self.values),
            )
        return text

    def to_json(self, value: Any) -> Any:
        return value


@dataclasses.dataclass(frozen=True, slots=True)
class ListOf:
    """A list, as a tuple. With `key`, two items of the same key are an error."""

    item_type: FieldType
    key: Callable[[Any], str] | None = None

    def read(self, name: str, node: YamlNode, report: ErrorReport) -> tuple[Any, ...]:
        if not isinstance(node, SequenceNode):
            report.add(
                node.line,
                "list-form",
                "« {name} » attend une liste.",
                "Écrivez [a, b], ou une ligne « - a » par valeur.",
                name=name,
            )
            return ()
        if len(node.items) > MAX_ITEMS:
            report.add(
                node.line, "list-long", "« {name} » a trop de valeurs : {most} au plus.", name=name, most=MAX_ITEMS
            )
            return ()
        values = []
        first_lines: dict[str, int] = {}
        for item in node.items:
            before = len(report.errors)
            if isinstance(item, ScalarNode) and not item.text.strip():
                report.add(item.line, "value-empty", "« {name} » contient une valeur vide.", name=name)
                continue
            value = self.item_type.read(name, item, report)
            if len(report.errors) == before:
                values.append(value)
                if self.key:
                    self._check_unique(self.key(value), first_lines, name, item.line, report)
        return tuple(values)

    def _check_unique(self, key: str, first_lines: dict[str, int], name: str, line: int, report: ErrorReport) -> None:
        if key in first_lines:
            report.add(
                line,
                "value-twice",
                "« {text} » est deux fois dans « {name} » (déjà ligne {first}).",
                name=name,
                text=key,
                first=first_lines[key],
            )
        first_lines.setdefault(key, line)

    def to_json(self, value: Any) -> Any:
        return [self.item_type.to_json(item) for item in value]


@dataclasses.dataclass(frozen=True, slots=True)
class MapOf:
    """A map whose keys match `pattern`, such as texts by language; `hint` belongs to the error for another key."""

    pattern: str
    hint: str
    value_type: FieldType

    def read(self, name: str, node: YamlNode, report: ErrorReport) -> dict[str, Any]:
        if not isinstance(node, MappingNode):
            report.add(node.line, "record-form", "« {name} » attend des champs « nom: valeur ».", self.hint, name=name)
            return {}
        values = {}
        for key, child in node.entries.items():
            if not re.fullmatch(self.pattern, key):
                report.add(
                    child.line, "key-form", "« {key} » n’a pas sa place sous « {name} ».", self.hint, key=key, name=name
                )
            elif isinstance(child, ScalarNode) and not child.text.strip():
                report.add(child.line, "value-empty", "« {name} » contient une valeur vide.", name=f"{name}.{key}")
            else:
                values[key] = self.value_type.read(f"{name}.{key}", child, report)
        return values

    def to_json(self, value: Any) -> Any:
        return {key: self.value_type.to_json(value[key]) for key in sorted(value)}


@dataclasses.dataclass(frozen=True, slots=True)
class Schema:
    """The field types of a dataclass by name; `check` reports contradictions between fields.

    `upgrade`: the fields of today for those that an earlier release wrote, or its argument. Fields without a default
    are required. `derive_schema` builds a schema from the annotations of the dataclass.
    """

    model: type[Any]
    fields: Mapping[str, FieldType]
    check: Callable[[Any, YamlNode, ErrorReport], None] | None = None
    upgrade: Callable[[Mapping[str, str]], Mapping[str, str]] | None = None

    def read(self, name: str, node: YamlNode, report: ErrorReport, **preset: Any) -> Any:
        """The dataclass, or None after an error. `preset`: values of fields outside `node`, such as a file's body."""
        if not isinstance(node, MappingNode):
            report.add(
                node.line,
                "record-form",
                "« {name} » attend des champs « nom: valeur ».",
                "Champs possibles : {fields}.",
                name=name,
                fields=", ".join(self.fields),
            )
            return None
        node = self._upgraded(node)
        before = len(report.errors)
        types = {name: field_type for name, field_type in self.fields.items() if name not in preset}
        values = {**preset, **self._read_fields(node, types, report)}
        for field in dataclasses.fields(self.model):
            if field.name in types and _is_required(field) and field.name not in node.entries:
                report.add(node.line, "field-missing", "Il manque le champ « {name} ».", name=field.name)
        if len(report.errors) > before:
            return None
        value = self.model(**values)
        if self.check:
            self.check(value, node, report)
        return value

    def _upgraded(self, node: MappingNode) -> MappingNode:
        """The node with the fields of today; itself if it has them."""
        if self.upgrade is None:
            return node
        former = {key: child.text for key, child in node.entries.items() if isinstance(child, ScalarNode)}
        current = self.upgrade(former)
        if current is former:
            return node
        return MappingNode(node.line, {name: ScalarNode(node.line, text) for name, text in current.items()})

    def _read_fields(self, node: MappingNode, types: Mapping[str, FieldType], report: ErrorReport) -> dict[str, Any]:
        defaults = {
            field.name: field.default
            for field in dataclasses.fields(self.model)
            if field.default_factory is dataclasses.MISSING
        }
        values: dict[str, Any] = {}
        for key, child in node.entries.items():
            before = len(report.errors)
            if key not in types:
                near, hint = suggest(key, types)
                report.add(
                    child.line,
                    "field-unknown",
                    "Le champ « {name} » n’existe pas ici.",
                    hint or "Champs possibles : {fields}.",
                    name=key,
                    near=near,
                    fields=", ".join(types),
                )
                continue
            is_absent = isinstance(child, ScalarNode) and child.is_empty
            value = None if is_absent else types[key].read(key, child, report)
            if value in (None, "", ()) and defaults.get(key) not in (None, "", ()) and len(report.errors) == before:
                report.add(child.line, "field-empty", "Le champ « {name} » est vide.", name=key)
            elif not is_absent:
                values[key] = value
        return values

    def to_json(self, value: Any) -> Any:
        data = {}
        for field in dataclasses.fields(self.model):
            if field.name in self.fields:
                content = getattr(value, field.name)
                default = field.default if field.default_factory is dataclasses.MISSING else field.default_factory()
                if content != default:
                    data[field.name] = self.fields[field.name].to_json(content) if content is not None else None
        return data


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def suggest(word: str, candidates: Collection[str]) -> tuple[str, str]:
    """The candidate most like `word` and a hint that names it; both empty if none is similar."""
    near = difflib.get_close_matches(word.lower(), list(candidates), 1, 0.6)
    return (near[0], "Vouliez-vous écrire « {near} » ?") if near else ("", "")
