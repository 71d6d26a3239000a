"""The compiler of XLSForms: from tables to the JSON that phones render (PROTOCOL.md, section 8), or to all errors.

Used by sync/forms/form_document.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from sync.canonical import canonical
from sync.errors import BadContent, BadFolder
from sync.forms.choices import ChoiceLists, read_choices
from sync.forms.form_expressions import ExpressionCompiler
from sync.forms.personal_questions import asks_for_personal_data
from sync.forms.settings import FormSettings, read_settings
from sync.forms.sheets import FormErrorReport, FormSheets, SheetRow, read_markdown, read_xlsx
from sync.forms.survey import SurveyNode, read_survey
from sync.forms.texts import FormTexts
from sync.forms.version import FormJson

MAX_FORM_BYTES = 256 * 1024  # of canonical JSON: a phone of 2017 parses that without a noticeable delay

_ROW_NUMBER = re.compile(r"\[row : ([0-9]+)\]")


def compile_markdown(slug: str, text: str, path: str = "", lang: str = "fr") -> FormJson:
    """The form of Markdown tables. `lang`: the language of texts that name none. Raises BadFolder with all errors."""
    problems = FormErrorReport(path or f"forms/{slug}.md")
    sheets = read_markdown(text, problems)
    return _compile(slug, sheets, problems, lang, text, ".md")


def compile_xlsx(slug: str, data: bytes, path: str = "", lang: str = "fr") -> FormJson:
    """The form of a workbook. Raises BadFolder with all errors."""
    problems = FormErrorReport(path or f"{slug}.xlsx")
    sheets = read_xlsx(data, problems)
    return _compile(slug, sheets, problems, lang, data, ".xlsx")


def _compile(
    slug: str, sheets: FormSheets | None, report: FormErrorReport, lang: str, source: str | bytes, file_type: str
) -> FormJson:
    if sheets is None:
        raise BadFolder(report.errors)
    settings = read_settings(sheets, report, lang)
    items, others = read_survey(sheets.survey, report)
    texts = FormTexts(settings, report)
    choices = read_choices(sheets.choices, others, texts, report)
    form = _FormCompiler(slug, settings, texts, choices, items, report)
    compiled = form.compile(sheets.about)
    if not report.errors:
        _check_with_pyxform(source, file_type, report)
    if not report.errors and len(canonical(compiled)) > MAX_FORM_BYTES:
        report.add_to_sheet(
            "survey",
            "form-too-large",
            "Ce formulaire est trop grand.",
            "Coupez-le en deux, ou raccourcissez les listes.",
        )
    if report.errors:
        raise BadFolder(_sorted_errors(report.errors))
    return compiled


def _sorted_errors(errors: Sequence[BadContent]) -> list[BadContent]:
    return sorted(errors, key=lambda error: (error.path, error.line))


def _check_with_pyxform(source: str | bytes, file_type: str, report: FormErrorReport) -> None:
    """Add an error if pyxform refuses the form: then other XLSForm tools refuse it too."""
    try:
        convert(xlsform=source, file_type=file_type, warnings=[])
    except PyXFormError as error:
        number = _ROW_NUMBER.search(str(error))
        row = SheetRow("survey", int(number[1]) if number else 0, 0)
        report.add(
            row, "", "form-invalid", "Les autres outils XLSForm refusent ce formulaire : {reason}", reason=str(error)
        )


class _FormCompiler:
    def __init__(
        self,
        slug: str,
        settings: FormSettings,
        texts: FormTexts,
        choices: ChoiceLists,
        items: list[SurveyNode],
        report: FormErrorReport,
    ) -> None:
        self._slug = slug
        self._settings = settings
        self._choices = choices
        self._items = items
        self._report = report
        self._nodes = [node for item in items for node in item.walk()]
        self._expressions = ExpressionCompiler(self._nodes, choices, settings, report)
        self._texts = texts.with_resolver(self._expressions)

    def compile(self, about: str) -> FormJson:
        settings = self._settings
        items = [self._compile_item(node) for node in self._items]
        self._expressions.check_cycles()
        used = {node.list_name for node in self._nodes if node.list_name}
        form: FormJson = {
            "v": 1,
            "form": self._slug,
            "lang": settings.lang,
            "languages": settings.languages,
            "title": {settings.lang: settings.title or self._slug},
            "audience": settings.audience,
            "sealed": asks_for_personal_data(self._nodes) if settings.is_sealed is None else settings.is_sealed,
            "keep": settings.retention_days,
            "items": items,
            "choices": {
                name: self._choices.compile_list(name, self._expressions.used_columns(name)) for name in sorted(used)
            },
        }
        if about:
            form["about"] = {settings.lang: about}
        if place := self._place_question():
            form["place"] = place
        return form

    def _place_question(self) -> str:
        """The question that the settings name, else one called `region` or `place`; its choices are all place codes."""
        place = self._settings.place
        for node in self._nodes:
            if node.is_block or not node.type.can_name_place or node.repeats:
                continue
            if not self._choices.are_place_codes(node.list_name):
                continue
            if node.name == place or (not place and node.name in ("region", "place")):
                return node.name
        if place:
            self._report.add_to_sheet(
                "settings",
                "place-unknown",
                "« {question} » n’est pas une question à un choix parmi des lieux.",
                question=place,
            )
        return ""

    def _compile_item(self, node: SurveyNode) -> dict[str, Any]:
        item: dict[str, Any] = {node.kind: node.name} if node.is_block else {"q": node.name, "type": node.kind}
        self._add_label(node, item)
        self._expressions.add_relevant(node, item)
        if node.is_block:
            if node.is_page:
                item["page"] = True
            self._expressions.add_count(node, item)
            item["items"] = [self._compile_item(child) for child in node.items]
            if not node.items:
                self._report.add(node.row, "type", "block-empty", "Ce groupe est vide.", "Effacez-le.")
            return item
        self._texts.add(node, item, "hint")
        self._expressions.add_rules(node, item)
        for message in ("required_message", "constraint_message"):
            self._texts.add(node, item, message)
        self._texts.add_media(node.row, item)
        if node.appearance:
            item["appearance"] = node.appearance
        item.update({name: getattr(self._settings, name) for name in node.type.form_settings})
        item.update(node.parameters)
        return item

    def _add_label(self, node: SurveyNode, item: dict[str, Any]) -> None:
        if node.other_of:
            item["label"] = self._texts.built_in({"fr": "Précisez", "en": "Specify other"})
            return
        self._texts.add(node, item, "label")
        if "label" not in item and not node.is_block and node.type.is_shown:
            self._report.add(
                node.row,
                "label",
                "label-missing",
                "Cette question n’a pas de texte.",
                "Écrivez-le dans la colonne label.",
            )
