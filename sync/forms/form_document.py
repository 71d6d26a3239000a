"""A form as a document of the site: its tables as they are written, compiled when they are read, checked or rendered."""

from __future__ import annotations

from functools import lru_cache

from sync.documents.field_types import ErrorReport
from sync.documents.model import FormDocument
from sync.errors import BadContent, BadFolder
from sync.forms.version import FormJson

# `compiling` and `tables` are imported where a form is compiled: pyxform takes half a second to load, and most commands compile none.


def read_form(slug: str, text: str, report: ErrorReport) -> FormDocument | None:
    """The document of a file's text; None when the report got errors."""
    try:
        return _make_document(slug, text.strip(), _compile_cached(slug, text.strip(), report.path))
    except BadFolder as refused:
        report.errors.extend(refused.errors)
        return None


def form_from_xlsx(slug: str, data: bytes, name: str) -> FormDocument:
    """The document of an uploaded workbook. Raises BadFolder with the workbook's own sheets, rows and columns."""
    from sync.forms.compiler import compile_xlsx
    from sync.forms.sheets import to_markdown

    form = compile_xlsx(slug, data, name)
    text = to_markdown(data, form["title"][form["lang"]]).strip()
    again = _compile_cached(slug, text, name)
    if {**again, "about": ""} != {**form, "about": ""}:
        unlike = BadContent(
            name, 0, "form-unlike", "Ce classeur ne se laisse pas écrire en tableaux.", "Enlevez les sauts de ligne."
        )
        raise BadFolder([unlike])
    return _make_document(slug, text, again)


def compile_document(document: FormDocument) -> FormJson:
    """Raises BadFolder when the tables no longer pass."""
    return _compile_cached(document.slug, document.body, f"forms/{document.slug}.md")


def _make_document(slug: str, text: str, form: FormJson) -> FormDocument:
    return FormDocument(slug, form["lang"], form["title"][form["lang"]], text)


@lru_cache(maxsize=200)
def _compile_cached(slug: str, text: str, path: str) -> FormJson:
    from sync.forms.compiler import compile_markdown

    return compile_markdown(slug, text, path)
