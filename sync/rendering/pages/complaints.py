"""Pages of complaints, usable without scripts: the harms, each harm's path, each letter, the country's offices."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape

from sync.complaints import PLACEHOLDER, ComplaintPath, ComplaintPathStep, Letter
from sync.documents.code_labels import HARM_PICTOGRAMS, STEPS
from sync.editions.page import Page
from sync.rendering.channel_view import ChannelView


def pages(view: ChannelView) -> Iterator[Page]:
    selection = view.selection
    language = view.page_language(selection.is_data_fallback)
    yield view.render_page(
        "complaints",
        "complaints.html",
        language("Que vous arrive-t-il ?"),
        "rest",
        selection.is_data_fallback,
        paths=view.paths,
        pictograms=HARM_PICTOGRAMS,
        offices=selection.authorities.authorities,
    )
    for path in view.paths:
        yield from _path_pages(view, path)
    yield view.render_page(
        "authorities",
        "authorities.html",
        language("Les services de votre pays"),
        "rest",
        selection.is_data_fallback,
        f"authorities/{selection.country}.yaml",
        offices=selection.authorities.authorities,
        harms={path.harm: path.title for path in view.paths},
    )


def _path_pages(view: ChannelView, path: ComplaintPath) -> Iterator[Page]:
    address = f"complaints/{path.harm}"
    guides = [view.list_row(entry, address) for entry in map(view.selection.guide, path.guides) if entry]
    yield view.render_page(
        address,
        "path.html",
        path.title,
        "rest",
        view.selection.is_data_fallback,
        f"routes/{path.country}.yaml",
        complaint_path=path,
        step_titles=STEPS,
        guides=guides,
    )
    for step in path.steps:
        if step.letter:
            yield _letter_page(view, path, step, step.letter)


def _letter_page(view: ChannelView, path: ComplaintPath, step: ComplaintPathStep, letter: Letter) -> Page:
    template = letter.template
    return view.render_page(
        f"complaints/{path.harm}/{step.step}",
        "letter.html",
        template.title,
        "rest",
        template.lang != view.selection.lang,
        f"templates/{template.slug}/{template.lang}.md",
        complaint_path=path,
        step=step,
        letter=template,
        text=_placeholders_as_blanks(letter),
    )


def _placeholders_as_blanks(letter: Letter) -> Markup:
    """The letter with placeholders as underlined labels in brackets, which remain when the text is copied."""
    labels = {field.name: field.label for field in letter.template.fields}
    parts = enumerate(PLACEHOLDER.split(letter.body.strip()))
    blank = Markup("<u data-hole={}>[{}]</u>")
    return Markup("").join(
        blank.format(part, labels.get(part, part)) if index % 2 else escape(part) for index, part in parts
    )
