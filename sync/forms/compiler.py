"""The compiler of XLSForms: from tables to the JSON that phones render (PROTOCOL.md, section 8), or to all errors.

Used by sync/forms/form_document.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from sync.canonical import canonical
from sync.errors import BadContent, BadFolder
from sync.forms.choices import ChoiceLists, read_choices
from sync.forms.cleaning import clean_sheets
from sync.forms.csv_lists import copy_sheets, resolve_lists, with_site_media
from sync.forms.form_expressions import ExpressionCompiler
from sync.forms.form_files import NO_FILES, FormFiles
from sync.forms.personal_questions import asks_for_personal_data
from sync.forms.settings import FormSettings, read_settings
from sync.forms.sheets import BadCell, FormErrorReport, FormSheets, SheetRow, is_old_workbook, read_markdown, read_xlsx
from sync.forms.survey import SurveyNode, read_survey
from sync.forms.texts import FormTexts
from sync.forms.version import FormJson

MAX_FORM_BYTES = 256 * 1024  # of canonical JSON: a phone of 2017 parses that without a noticeable delay
MAX_LIST_BYTES = 2_000_000  # of all choices, which are kept as lines and travel apart

_ROW_NUMBER = re.compile(r"\[row : ([0-9]+)\]")


@dataclass(frozen=True, slots=True)
class FormReading:
    """A compiled form, its clean sheets, and what its author is told about them.

    `sheets` are as they came where a list is missing: the form is read again once all files are there.
    """

    form: FormJson
    sheets: FormSheets
    notices: tuple[BadCell, ...]
    missing_lists: tuple[str, ...] = ()
    missing_media: tuple[str, ...] = ()


def compile_markdown(slug: str, text: str, path: str = "", lang: str = "fr") -> FormJson:
    """The form of Markdown tables. `lang`: the language of texts that name none. Raises BadFolder with all errors."""
    return read_tables(slug, text, path, lang).form


def read_tables(slug: str, text: str, path: str = "", lang: str = "fr", files: FormFiles = NO_FILES) -> FormReading:
    """The form of Markdown tables, with notices. Raises BadFolder with all errors."""
    report = FormErrorReport(path or f"forms/{slug}.md")
    return _compile(slug, read_markdown(text, report), report, lang, _Source(text, ".md", files))


def read_workbook(slug: str, data: bytes, path: str = "", lang: str = "fr", files: FormFiles = NO_FILES) -> FormReading:
    """The form of a workbook, .xlsx or .xls, with notices. Raises BadFolder with all errors."""
    report = FormErrorReport(path or f"{slug}.xlsx")
    kind = ".xls" if is_old_workbook(data) else ".xlsx"
    return _compile(slug, read_xlsx(data, report), report, lang, _Source(data, kind, files))


@dataclass(frozen=True, slots=True)
class _Source:
    """The bytes that pyxform reads, their kind, and the files that come with it."""

    data: str | bytes
    file_type: str
    files: FormFiles


def _compile(slug: str, sheets: FormSheets | None, report: FormErrorReport, lang: str, source: _Source) -> FormReading:
    if sheets is None:
        raise BadFolder(report.errors)
    sheets = with_site_media(sheets, source.files)
    as_given = copy_sheets(sheets)
    sheets = clean_sheets(resolve_lists(sheets, source.files, report), report)
    if not sheets.survey:
        report.add_to_sheet("survey", "form-empty", "Il n’y a pas de question.")
    settings = read_settings(sheets, report, lang)
    items, others = read_survey(sheets.survey, report)
    texts = FormTexts(settings, report)
    choices = read_choices(sheets.choices, others, texts, report)
    form = _FormCompiler(slug, settings, texts, choices, items, report, sheets.settings)
    compiled = form.compile(sheets.about)
    if not report.errors:
        _check_with_pyxform(source.data, source.file_type, report)
    if not report.errors and _is_too_large(compiled):
        report.add_to_sheet(
            "survey",
            "form-too-large",
            "Ce formulaire est trop grand.",
            "Coupez-le en deux, ou raccourcissez les listes.",
        )
    if report.errors:
        raise BadFolder(_sorted_errors(report.errors))
    kept = as_given if report.missing_lists else sheets
    return FormReading(
        compiled, kept, tuple(report.notices), tuple(report.missing_lists), tuple(dict.fromkeys(report.missing_media))
    )


def _is_too_large(form: FormJson) -> bool:
    return len(canonical({**form, "choices": {}})) > MAX_FORM_BYTES or len(canonical(form["choices"])) > MAX_LIST_BYTES


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
        settings_row: SheetRow,
    ) -> None:
        self._slug = slug
        self._settings_row = settings_row
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
        looked_up = self._expressions.looked_up
        used = {node.list_name for node in self._nodes if node.list_name} | looked_up
        form: FormJson = {
            "v": 2 if looked_up or any(map(self._choices.has_repeated_names, used)) else 1,
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
        if (name := self._expressions.record_name(self._settings_row)) is not None:
            form["instance_name"] = name
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
                self._report.tell(node.row, "type", "block-empty", "Ce groupe est vide.")
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
            item["label"] = {self._settings.lang: node.own_name}
            self._report.tell(
                node.row, "label", "label-missing", "Il n’y a pas de texte : le nom est montré à la place."
            )
