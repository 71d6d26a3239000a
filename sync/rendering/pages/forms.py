"""Pages of forms: the list, and each form with its JSON in script elements of type JSON (PROTOCOL.md, section 8).

Sealed forms are left out while the site has no recovery key, because a phone could not finish them.
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
_MAX_PART_BYTES = BODY_LIMIT - 600  # leaves space for title, heading and link back


def pages(view: ChannelView) -> Iterator[Page]:
    """`forms`, then the pages of each form; no pages without forms."""
    forms = available_forms(view)
    if not forms:
        return
    rows = [(form.slug, form.title(view.selection.lang), form.is_public) for _, form in forms]
    yield view.render_page(
        "forms", "forms.html", view.language("Formulaires"), rows=sorted(rows, key=lambda row: (not row[2], row[1]))
    )
    for document, form in forms:
        yield from _form_pages(view, document, form)


def available_forms(view: ChannelView) -> list[tuple[FormDocument, Form]]:
    """The forms that a phone can finish, each with its document."""
    forms = [(document, Form(compile_document(document))) for document in view.forms]
    return [(document, form) for document, form in forms if view.assets.recovery or not form.is_sealed]


def _form_pages(view: ChannelView, document: FormDocument, form: Form) -> Iterator[Page]:
    title = form.title(view.selection.lang)
    source = f"forms/{form.slug}.md"
    about = form.text_in(form.json.get("about", {}), view.selection.lang)

    def first_page(parts: int) -> Page:
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

    parts = _split_lines(form_text_lines(form.json), BODY_LIMIT - len(first_page(99).body.encode()) - 100)
    first = first_page(len(parts))
    yield Page(first.path, first.body + _PART_ELEMENT.format(1, parts[0]), first.part)
    for number, part in enumerate(parts[1:], start=2):
        page_title = unescape_text(escape(f"{title} ({number})"))
        header = Markup("<a rel=up href=../{}>{}</a><h1>{}</h1>").format(form.slug, title, title)
        body = f"{page_title}\n{header}{_PART_ELEMENT.format(number, part)}"
        yield Page(f"forms/{form.slug}/{number}", body, "rest")


def _split_lines(lines: list[str], first: int) -> list[str]:
    """Join lines into parts: the first of at most `first` bytes, the others of a page's. A longer line is not split."""
    parts, part_size, limit = [""], 0, first
    for line in lines:
        size = len(line.encode())
        if part_size and part_size + size > limit:
            parts.append("")
            part_size, limit = 0, _MAX_PART_BYTES
        parts[-1] += line
        part_size += size
    return parts
