"""A compiled form with lookups: items by name, lists of choices, texts, and its lines for phones.

Input was validated when it was compiled; this module does not validate again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sync.canonical import canonical, digest
from sync.forms.question_types import QUESTION_TYPES, QuestionType
from sync.json_text import escape_for_script

LONG_LIST = 100  # choices: a longer list travels apart from the readers' feed


@dataclass(frozen=True, slots=True)
class FormItem:
    """A question, group or repeat. `kind`: the question's type, "group" or "repeat".

    `repeats`: names of the repeats around it, outermost first; `ancestors`: names of all groups and repeats around it.
    """

    json: Mapping[str, Any]
    name: str
    kind: str
    repeats: tuple[str, ...]
    ancestors: tuple[str, ...]

    @property
    def is_question(self) -> bool:
        return self.kind not in ("group", "repeat")

    @property
    def type(self) -> QuestionType:
        """Raises KeyError for a group or a repeat."""
        return QUESTION_TYPES[self.kind]


class Form:
    def __init__(self, compiled: Mapping[str, Any]) -> None:
        self.json = compiled
        self.items = {item.name: item for item in _walk_items(compiled["items"], (), ())}
        self._indexes: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = {}
        self.version = digest(canonical(dict(compiled)))
        self.conditional_names = frozenset(
            item.name
            for item in self.items.values()
            if any("relevant" in self.items[name].json for name in (*item.ancestors, item.name))
        )

    @property
    def slug(self) -> str:
        return str(self.json["form"])

    @property
    def is_sealed(self) -> bool:
        return bool(self.json["sealed"])

    @property
    def is_public(self) -> bool:
        return bool(self.json["audience"] == "public")

    @property
    def retention_days(self) -> int:
        return int(self.json["keep"])

    @property
    def media(self) -> set[str]:
        """File names of the images and sounds that the form shows, in every language."""
        holders = [
            *(item.json for item in self.items.values()),
            *(choice for choices in self.json["choices"].values() for choice in choices),
        ]
        return {name for holder in holders for texts in holder.get("media", {}).values() for name in texts.values()}

    @property
    def pictograms(self) -> set[str]:
        """Names of the pictograms beside its choices."""
        return {
            choice["pictogram"]
            for choices in self.json["choices"].values()
            for choice in choices
            if "pictogram" in choice
        }

    def choices(self, list_name: str) -> list[Mapping[str, Any]]:
        return list(self.json["choices"].get(list_name, ()))

    def title(self, lang: str = "") -> str:
        return self.text_in(self.json["title"], lang)

    def label(self, name: str, lang: str = "") -> str:
        return self.text_in(self.items[name].json.get("label", {}), lang) or name

    def choice_label(self, list_name: str, name: str, lang: str = "") -> str:
        for choice in self.choices(list_name):
            if choice["name"] == name:
                return self.text_in(choice["label"], lang)
        return ""

    def lookup(self, list_name: str, column: str, key_column: str, key: str) -> str:
        """A column of the first choice of a list whose `key_column` has the text `key`; "" if there is none."""
        index = self._indexes.get((list_name, key_column))
        if index is None:
            index = self._indexes[list_name, key_column] = {}
            for choice in self.choices(list_name):
                index.setdefault(self._cell(choice, key_column), choice)
        return self._cell(index[key], column) if key and key in index else ""

    def _cell(self, choice: Mapping[str, Any], column: str) -> str:
        if column in ("name", "label"):
            return str(choice["name"]) if column == "name" else self.text_in(choice["label"])
        return str(choice.get("is", {}).get(column, ""))

    def text_in(self, texts: Mapping[str, Any], lang: str = "") -> str:
        """The text in `lang`, else in the form's language; an ellipsis stands for each value in it."""
        text = texts.get(lang) or texts.get(str(self.json["lang"])) or ""
        return text if isinstance(text, str) else "".join(part if isinstance(part, str) else "…" for part in text)


def _walk_items(
    items: list[Mapping[str, Any]], repeats: tuple[str, ...], ancestors: tuple[str, ...]
) -> Iterator[FormItem]:
    for item in items:
        if "q" in item:
            yield FormItem(item, item["q"], item["type"], repeats, ancestors)
            continue
        kind = "group" if "group" in item else "repeat"
        name = item[kind]
        yield FormItem(item, name, kind, repeats, ancestors)
        yield from _walk_items(item["items"], (*repeats, name) if kind == "repeat" else repeats, (*ancestors, name))


@dataclass(frozen=True, slots=True)
class FormTextLines:
    """Lines of the form's JSON, one item or choice a line, `<` escaped; joined they are the form's text (section 8).

    `near` stand in pages of the edition, `far` apart: all of a form for enrolled phones, the long lists of others.
    """

    near: list[str]
    far: list[str]


def split_text_lines(compiled: Mapping[str, Any]) -> FormTextLines:
    lines = form_text_lines(compiled)
    if compiled["audience"] == "device":
        return FormTextLines([], lines)
    far_count = sum(len(choices) + 2 for choices in compiled["choices"].values() if len(choices) > LONG_LIST)
    start = len(lines) - (far_count + 1 if far_count else 0)
    return FormTextLines(lines[:start], lines[start:])


def form_text_lines(compiled: Mapping[str, Any]) -> list[str]:
    """All lines of the form's text, long lists of choices last."""
    head = {key: value for key, value in compiled.items() if key not in ("items", "choices")}
    lines = [_encode(head)[:-1] + ',"items":[\n']
    lines += list(_item_lines(compiled["items"]))
    lines.append('],"choices":{\n')
    lists = sorted(compiled["choices"].items(), key=lambda item: (len(item[1]) > LONG_LIST, item[0]))
    for index, (name, choices) in enumerate(lists):
        lines.append(f"{_encode(name)}:[\n")
        lines += [_encode(choice) + (",\n" if at < len(choices) - 1 else "\n") for at, choice in enumerate(choices)]
        lines.append("],\n" if index < len(lists) - 1 else "]\n")
    return [*lines, "}}\n"]


def _item_lines(items: list[Mapping[str, Any]]) -> Iterator[str]:
    for index, item in enumerate(items):
        end = ",\n" if index < len(items) - 1 else "\n"
        if "items" in item:
            yield _encode({key: value for key, value in item.items() if key != "items"})[:-1] + ',"items":[\n'
            yield from _item_lines(item["items"])
            yield "]}" + end
        else:
            yield _encode(item) + end


def _encode(value: Any) -> str:
    return escape_for_script(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
