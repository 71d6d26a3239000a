"""Forms as pages: the list, and each form with its JSON in script elements that hold data and never run (PROTOCOL.md, section 8).

A sealed form is there only while the site has a recovery key, because a phone could not finish it.
"""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape

from sync.documents.model import FormDocument
from sync.editions.page import BODY_LIMIT, Page
from sync.forms.compiled_form import Form, form_text_lines
from sync.forms.form_document import compile_document
from sync.rendering.channel_view import ChannelView
from sync.rendering.minify import unescape_text

_PART_ELEMENT = '<script type="application/json" data-part={}>{}</script>'
_MAX_PART_BYTES = BODY_LIMIT - 600  # bytes: leaves room for a title, a heading and a way back


def pages(view: ChannelView) -> Iterator[Page]:
    """`forms`, then each form's pages; nothing where there are none."""
    shown = available_forms(view)
    if not shown:
        return
    rows = [(form.slug, form.title(view.selection.lang), form.is_public) for _, form in shown]
    yield view.render_page(
        "forms", "forms.html", view.language("Formulaires"), rows=sorted(rows, key=lambda row: (not row[2], row[1]))
    )
    for document, form in shown:
        yield from _form_pages(view, document, form)


def available_forms(view: ChannelView) -> list[tuple[FormDocument, Form]]:
    """The forms that a phone of this channel can finish."""
    forms = [(document, Form(compile_document(document))) for document in view.forms]
    return [(document, form) for document, form in forms if view.assets.recovery or not form.is_sealed]


def _form_pages(view: ChannelView, document: FormDocument, form: Form) -> Iterator[Page]:
    title = form.title(view.selection.lang)
    source = f"forms/{form.slug}.md"
    about = form.text_in(form.json.get("about", {}), view.selection.lang)

    def head(parts: int) -> Page:
        return view.render_page(
            f"forms/{form.slug}",
            "form.html",
            title,
            source=source,
            form=form,
            heading=title,
            about=about,
            parts=parts,
            recovery=view.assets.recovery if form.is_sealed else "",
        )

    parts = _split_lines(form_text_lines(form.json), BODY_LIMIT - len(head(99).body.encode()) - 100)
    first = head(len(parts))
    yield Page(first.path, first.body + _PART_ELEMENT.format(1, parts[0]), first.part)
    for number, part in enumerate(parts[1:], start=2):
        name = unescape_text(escape(f"{title} ({number})"))
        back = Markup("<a rel=up href=../{}>{}</a><h1>{}</h1>").format(form.slug, title, title)
        yield Page(f"forms/{form.slug}/{number}", f"{name}\n{back}{_PART_ELEMENT.format(number, part)}", "rest")


def _split_lines(lines: list[str], first: int) -> list[str]:
    """The lines in runs: the first of at most `first` bytes, the others of what a page holds. A longer line is a page that is refused."""
    runs, size, limit = [""], 0, first
    for line in lines:
        heavy = len(line.encode())
        if size and size + heavy > limit:
            runs.append("")
            size, limit = 0, _MAX_PART_BYTES
        runs[-1] += line
        size += heavy
    return runs
