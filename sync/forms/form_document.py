"""Forms as documents of the site: their XLSForm tables as text, compiled when read, checked or rendered."""

from __future__ import annotations

from functools import lru_cache

from sync.documents.field_types import ErrorReport
from sync.documents.model import FormDocument
from sync.errors import BadContent, BadFolder
from sync.forms.version import FormJson

# `compiler` and `sheets` are imported inside functions: pyxform takes half a second to load, and few commands need it.


def read_form(slug: str, text: str, report: ErrorReport) -> FormDocument | None:
    """The document of a file's text; None after errors, which are added to the report."""
    try:
        return _make_document(slug, text.strip(), _compile_cached(slug, text.strip(), report.path))
    except BadFolder as refused:
        report.errors.extend(refused.errors)
        return None


def form_from_xlsx(slug: str, data: bytes, name: str) -> FormDocument:
    """The document of an uploaded workbook. Raises BadFolder with errors by sheet, row and column of the workbook."""
    from sync.forms.compiler import compile_xlsx
    from sync.forms.sheets import to_markdown

    form = compile_xlsx(slug, data, name)
    text = to_markdown(data, form["title"][form["lang"]]).strip()
    recompiled = _compile_cached(slug, text, name)
    if {**recompiled, "about": ""} != {**form, "about": ""}:
        difference = BadContent(
            name, 0, "form-unlike", "Ce classeur ne se laisse pas écrire en tableaux.", "Enlevez les sauts de ligne."
        )
        raise BadFolder([difference])
    return _make_document(slug, text, recompiled)


def compile_document(document: FormDocument) -> FormJson:
    """The compiled form. Raises BadFolder if the tables are no longer valid."""
    return _compile_cached(document.slug, document.body, f"forms/{document.slug}.md")


def _make_document(slug: str, text: str, form: FormJson) -> FormDocument:
    return FormDocument(slug, form["lang"], form["title"][form["lang"]], text)


@lru_cache(maxsize=200)
def _compile_cached(slug: str, text: str, path: str) -> FormJson:
    from sync.forms.compiler import compile_markdown

    return compile_markdown(slug, text, path)
