"""Forms as documents of the site: their XLSForm tables as text, compiled when read, checked or rendered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.documents.field_types import ErrorReport
from sync.documents.model import FormDocument
from sync.errors import BadContent, BadFolder
from sync.forms.compiled_form import Form
from sync.forms.form_files import NO_FILES, FormFiles
from sync.forms.version import FormJson

if TYPE_CHECKING:
    from sync.forms.compiler import FormReading

_MAX_COMPILED = 200
_compiled: dict[tuple[str, str], FormJson] = {}  # by slug and tables, the oldest first

# `compiler` and `sheets` are imported inside functions: pyxform takes half a second to load, and few commands need it.


def read_form(slug: str, text: str, report: ErrorReport) -> FormDocument | None:
    """The document of a file's text; None after errors, which are added to the report."""
    try:
        return _make_document(slug, text.strip(), _compile_cached(slug, text.strip(), report.path))
    except BadFolder as refused:
        report.errors.extend(refused.errors)
        return None


@dataclass(frozen=True, slots=True)
class FormIntake:
    """A form of another tool, as it will be kept. `notices`: what its author is told, by sheet, row and column.

    `missing_lists`, `missing_media`: files that it asks for. While a list is missing the document is the form as given,
    which compiles only with it. `form_id`: its name in the other tool, or "".
    """

    document: FormDocument
    notices: tuple[BadContent, ...]
    missing_lists: tuple[str, ...] = ()
    missing_media: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    form_id: str = ""


def form_from_workbook(slug: str, data: bytes, name: str, files: FormFiles = NO_FILES) -> FormIntake:
    """The form of an uploaded workbook. Raises BadFolder with errors by sheet, row and column of the workbook."""
    from sync.forms.clean_copy import to_markdown
    from sync.forms.compiler import read_workbook

    reading = read_workbook(slug, data, name, files=files)
    form = reading.form
    text = to_markdown(reading.sheets, form["title"][form["lang"]]).strip()
    if not reading.missing_lists:
        recompiled = _compile_cached(slug, text, name)
        if {**recompiled, "about": ""} != {**form, "about": ""}:
            raise BadFolder([BadContent(name, 0, "form-unlike", "Ce classeur ne se laisse pas écrire en tableaux.")])
    return _make_intake(slug, text, reading)


def form_from_tables(slug: str, text: str, name: str, files: FormFiles = NO_FILES) -> FormIntake:
    """The form of an uploaded Markdown file, kept as its clean copy. Raises BadFolder with all errors."""
    from sync.forms.clean_copy import to_markdown
    from sync.forms.compiler import read_tables

    reading = read_tables(slug, text.strip(), name, files=files)
    kept = text.strip()
    if reading.notices or files.lists or files.media:
        form = reading.form
        about = reading.sheets.about
        kept = to_markdown(reading.sheets, "\n\n".join(filter(None, (form["title"][form["lang"]], about)))).strip()
    return _make_intake(slug, kept, reading)


def _make_intake(slug: str, text: str, reading: FormReading) -> FormIntake:
    return FormIntake(
        _make_document(slug, text, reading.form),
        reading.notices,
        reading.missing_lists,
        reading.missing_media,
        tuple(sorted(Form(reading.form).media)),
        reading.sheets.settings.get("form_id"),
    )


def clean_workbook(text: str) -> bytes:
    """The workbook (.xlsx) of a form's tables. Raises BadFolder."""
    from sync.forms.clean_copy import to_workbook
    from sync.forms.compiler import read_tables

    return to_workbook(read_tables("copie", text).sheets)


def compile_document(document: FormDocument) -> FormJson:
    """The compiled form. Raises BadFolder if the tables are no longer valid."""
    return _compile_cached(document.slug, document.body, f"forms/{document.slug}.md")


def _make_document(slug: str, text: str, form: FormJson) -> FormDocument:
    return FormDocument(slug, form["lang"], form["title"][form["lang"]], text)


def adopt_compiled(document: FormDocument, form: FormJson) -> None:
    """Take a form that this version of the program has compiled before, in place of compiling it again."""
    _keep_compiled(document.slug, document.body, form)


def _compile_cached(slug: str, text: str, path: str) -> FormJson:
    form = _compiled.get((slug, text))
    if form is not None:
        return form
    from sync.forms.compiler import compile_markdown

    return _keep_compiled(slug, text, compile_markdown(slug, text, path))


def _keep_compiled(slug: str, text: str, form: FormJson) -> FormJson:
    _compiled[slug, text] = form
    while len(_compiled) > _MAX_COMPILED:
        _compiled.pop(next(iter(_compiled)), None)
    return form
