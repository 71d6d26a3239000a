"""Text skeletons of frequent dangers, data of content/dangers: what an alert about a flood, a fire or a rumour begins
with.

Blanks stand in square brackets; the check before sending refuses an alert that still has one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from sync.alerts.alert import CATEGORIES, CERTAINTIES, RESPONSES, SEVERITIES, URGENCIES, AlertInfo
from sync.documents import yaml_tree
from sync.documents.field_types import ErrorReport, Integer, OneOf
from sync.documents.pictograms import PICTOGRAMS
from sync.documents.schema_derivation import Keys, Unique, derive_schema
from sync.documents.text_decoding import YAML_LIMIT, decode_text
from sync.documents.text_types import LANG, SLUG
from sync.documents.yaml_tree import YamlNode, line_of
from sync.errors import BadFolder

FOLDER = "dangers"
MAX_HOURS = 24  # longer ones are renewed by an update
BLANK = re.compile(r"\[[^\[\]\n]{1,120}\]")
_COPIED = ("category", "urgency", "severity", "certainty", "responseType")


@dataclass(frozen=True, slots=True)
class DangerTemplate:
    """A skeleton. `hours`: how long such an alert lasts if nobody says otherwise. `order`: place in the list."""

    pictogram: Annotated[str, OneOf(tuple(PICTOGRAMS))]
    category: Annotated[tuple[Annotated[str, OneOf(CATEGORIES)], ...], Unique()]
    urgency: Annotated[str, OneOf(URGENCIES)]
    severity: Annotated[str, OneOf(SEVERITIES)]
    certainty: Annotated[str, OneOf(CERTAINTIES)]
    hours: Annotated[int, Integer(MAX_HOURS)]
    info: Annotated[dict[str, AlertInfo], Keys(LANG, "Un code de langue et ses textes : fr, bm.")]
    responseType: Annotated[tuple[Annotated[str, OneOf(RESPONSES)], ...], Unique()] = ()  # noqa: N815
    order: int = 0

    def check_fields(self, node: YamlNode, report: ErrorReport) -> None:
        if not self.info:
            report.add(line_of(node, "info"), "field-empty", "Le champ « {name} » est vide.", name="info")

    def name_in(self, lang: str) -> str:
        """The danger in this language, else in the first one that the skeleton has."""
        return (self.info.get(lang) or next(iter(self.info.values()))).event

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of a draft that begins with this skeleton."""
        fields = _SCHEMA.to_json(self)
        return {name: fields[name] for name in (*_COPIED, "info") if name in fields}

    def without_untouched(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The fields without the languages in which nobody wrote anything; all of them if that is true of each."""
        begun, texts = self.fields["info"], fields.get("info", {})
        written = {lang: text for lang, text in texts.items() if text != begun.get(lang)}
        return {**fields, "info": written} if written else dict(fields)


_SCHEMA = derive_schema(DangerTemplate)


def read_danger_templates(content: Path) -> dict[str, DangerTemplate]:
    """The skeletons of a content folder by slug, in their order. Raises BadFolder with every error."""
    templates: dict[str, DangerTemplate] = {}
    errors = []
    for path in sorted((content / FOLDER).glob("*.yaml")):
        name = f"{FOLDER}/{path.name}"
        report = ErrorReport(name)
        if not re.fullmatch(SLUG, path.stem):
            report.add(
                0,
                "slug-form",
                "Le nom du fichier a des lettres minuscules sans accent, des chiffres et des tirets.",
                name=path.stem,
            )
        template = _SCHEMA.read(
            "danger", yaml_tree.parse(decode_text(path.read_bytes(), name, YAML_LIMIT), name), report
        )
        errors += report.errors
        if not report.errors and isinstance(template, DangerTemplate):
            templates[path.stem] = template
    if errors:
        raise BadFolder(errors)
    return dict(sorted(templates.items(), key=lambda item: (item[1].order, item[0])))
