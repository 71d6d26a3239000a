"""Pages of forms: the list, and each form with its JSON in script elements of type JSON (PROTOCOL.md, section 8).

Sealed forms are left out while the site has no recovery key, because a phone could not finish them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from sync.documents.model import FormDocument
from sync.documents.pictograms import define_beside_frame
from sync.editions.page import BODY_LIMIT, KeptPage, Page, Part
from sync.forms.compiled_form import Form, FormTextLines, split_text_lines
from sync.forms.form_document import compile_document
from sync.locale import own_name
from sync.rendering.channel_view import ChannelView
from sync.rendering.minify import unescape_text

_PART_ELEMENT = '<script type="application/json" data-part={}>{}</script>'
_MAX_PART_BYTES = BODY_LIMIT - 600  # leaves space for title, heading and link back


def pages(view: ChannelView) -> Iterator[Page | KeptPage]:
    """`forms`, then the pages of each form; no pages without forms."""
    forms = available_forms(view)
    if not forms:
        return
    rows = sorted((form.title(view.selection.lang), form.slug, form.is_public) for _, form in forms)
    yield view.render_page(
        "forms",
        "forms.html",
        view.language("Formulaires"),
        rows=[(slug, title) for title, slug, is_public in rows if is_public],
        enrolled=[(slug, title) for title, slug, is_public in rows if not is_public],
    )
    for document, form in forms:
        yield from _form_pages(view, document, form)


def available_forms(view: ChannelView) -> list[tuple[FormDocument, Form]]:
    """The forms that a phone can finish, each with its document."""
    forms = [(document, _compiled_form(document)) for document in view.forms]
    return [(document, form) for document, form in forms if view.assets.recovery or not form.is_sealed]


@lru_cache(maxsize=200)
def _compiled_form(document: FormDocument) -> Form:
    """Cached, because every channel shows the same forms."""
    return Form(compile_document(document))


@lru_cache(maxsize=200)
def _text_lines(document: FormDocument) -> FormTextLines:
    return split_text_lines(_compiled_form(document).json)


def _form_pages(view: ChannelView, document: FormDocument, form: Form) -> Iterator[Page | KeptPage]:
    title = form.title(view.selection.lang)
    source = f"forms/{form.slug}.md"
    about = form.text_in(form.json.get("about", {}), view.selection.lang)

    path = f"forms/{form.slug}"
    lines = _text_lines(document)
    far = [part for part in _split_lines(lines.far, _MAX_PART_BYTES) if part]
    values: dict[str, Any] = {
        "slug": form.slug,
        "version": form.version,
        "heading": title,
        "about": about,
        "languages": _language_names(form),
        "recovery": view.assets.recovery if form.is_sealed else "",
        "symbols": define_beside_frame(form.pictograms),
    }
    placeholder = " ".join(["-" * 43] * len(far))
    frame_size = view.measure_body(path, "form.html", title, source=source, parts=999, digests=placeholder, **values)
    near = _split_lines(lines.near, BODY_LIMIT - frame_size - 100)
    apart = [_part_page(form.slug, title, number, part, "apart") for number, part in enumerate(far, len(near) + 1)]
    digests = " ".join(page.digest for page in apart)
    tail = _PART_ELEMENT.format(1, near[0]) if near[0] else ""
    count = len(near) + len(far)
    yield view.render_page(path, "form.html", title, source=source, tail=tail, parts=count, digests=digests, **values)
    for number, part in enumerate(near[1:], start=2):
        yield _part_page(form.slug, title, number, part, "rest")
    yield from apart


def _part_page(slug: str, title: str, number: int, part: str, place: Part) -> Page:
    page_title = unescape_text(escape(f"{title} ({number})"))
    header = Markup("<a rel=up href=../{}>{}</a><h1>{}</h1>").format(slug, title, title)
    return Page(f"forms/{slug}/{number}", f"{page_title}\n{header}{_PART_ELEMENT.format(number, part)}", place)


def _language_names(form: Form) -> str:
    """`fr:Français|bm:Bamanankan` for the switch of a form in several languages; "" for one."""
    codes = form.json["languages"]
    return "|".join(f"{code}:{own_name(code)}" for code in codes) if len(codes) > 1 else ""


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
