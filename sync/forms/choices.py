"""The choices sheet: lists by name, each choice with its texts and the columns that filters read."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sync.documents.field_types import suggest
from sync.documents.pictograms import PICTOGRAMS
from sync.forms.place_codes import PLACE_CODE
from sync.forms.sheets import FormErrorReport, SheetRow
from sync.forms.texts import FormTexts

OTHER_CHOICE = "other"

_NAME = re.compile(r"\S{1,80}")


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    label: dict[str, Any]
    custom_columns: dict[str, str]
    media: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChoiceLists:
    lists: dict[str, list[Choice]]

    def filter_columns(self, list_name: str) -> set[str]:
        """Columns that a filter over the list may name."""
        return {"name", *(column for choice in self.lists.get(list_name, ()) for column in choice.custom_columns)}

    def are_place_codes(self, list_name: str) -> bool:
        return list_name in self.lists and all(PLACE_CODE.fullmatch(choice.name) for choice in self.lists[list_name])

    def has_repeated_names(self, list_name: str) -> bool:
        """True if a filter has to tell two choices of one name apart."""
        names = [choice.name for choice in self.lists.get(list_name, ())]
        return len(set(names)) < len(names)

    def compile_list(self, list_name: str, used: Collection[str]) -> list[dict[str, Any]]:
        """The list as JSON, with the columns in `used` only."""
        return [_compile_choice(choice, used) for choice in self.lists.get(list_name, ())]


def read_choices(
    rows: list[SheetRow], other_lists: dict[str, str], texts: FormTexts, report: FormErrorReport
) -> ChoiceLists:
    lists: dict[str, list[Choice]] = {}
    first_rows: dict[tuple[str, str], int] = {}
    for row in rows:
        list_name, name = row.get("list_name"), row.get("name")
        if not list_name or not name:
            report.add(
                row,
                "name" if list_name else "list_name",
                "choice-incomplete",
                "Il faut list_name et name pour chaque choix.",
            )
            continue
        if not _NAME.fullmatch(name):
            report.add(
                row,
                "name",
                "choice-name",
                "« {name} » ne peut pas nommer un choix.",
                "Sans espace : non_merci.",
                name=name,
            )
        same = [choice for choice in lists.get(list_name, ()) if choice.name == name]
        if any(choice.custom_columns == row.custom_columns for choice in same):
            report.tell(
                row,
                "name",
                "choice-left-out",
                "Le choix « {name} » est déjà à la ligne {first} : cette ligne est laissée de côté.",
                name=name,
                first=first_rows[list_name, name],
            )
            continue
        if any(choice.custom_columns.keys() != row.custom_columns.keys() for choice in same):
            report.add(
                row,
                "name",
                "choice-twice",
                "Le choix « {name} » est déjà à la ligne {first}.",
                name=name,
                first=first_rows[list_name, name],
            )
        first_rows.setdefault((list_name, name), row.number)
        label = texts.read(row, "label")
        if not label:
            label = texts.built_in({"fr": name})
            report.tell(row, "label", "label-missing", "Il n’y a pas de texte : le nom est montré à la place.")
        media: dict[str, Any] = {}
        texts.add_media(row, media)
        if pictogram := _read_pictogram(row, report):
            media["pictogram"] = pictogram
        lists.setdefault(list_name, []).append(Choice(name, label, row.custom_columns, media))
    for list_name in other_lists:
        if list_name in lists and all(choice.name != OTHER_CHOICE for choice in lists[list_name]):
            lists[list_name].append(Choice(OTHER_CHOICE, texts.built_in({"fr": "Autre", "en": "Other"}), {}, {}))
    return ChoiceLists(lists)


def _read_pictogram(row: SheetRow, report: FormErrorReport) -> str:
    """The name of the pictogram beside a choice; "" for none, or for an unknown one, which is reported."""
    name = row.get("pictogram")
    if not name or name in PICTOGRAMS:
        return name
    near, hint = suggest(name, PICTOGRAMS)
    report.add(
        row,
        "pictogram",
        "pictogram-unknown",
        "Le pictogramme « {name} » n’existe pas.",
        hint or "Pictogrammes : {names}.",
        name=name,
        near=near,
        names=", ".join(PICTOGRAMS),
    )
    return ""


def _compile_choice(choice: Choice, used: Collection[str]) -> dict[str, Any]:
    compiled: dict[str, Any] = {"name": choice.name, "label": choice.label} | choice.media
    columns = {column: choice.custom_columns[column] for column in sorted(used) if column in choice.custom_columns}
    return compiled | ({"is": columns} if columns else {})
