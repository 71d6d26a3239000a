"""Complaints as plain pages, walked without a script: the harms, each harm's path, each letter, the offices of the country."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape

from sync.complaints import PLACEHOLDER, ComplaintPath, ComplaintPathStep, Letter
from sync.documents.vocabulary import HARM_PICTOGRAMS, STEPS
from sync.editions.page import Page
from sync.rendering.channel_view import ChannelView


def pages(view: ChannelView) -> Iterator[Page]:
    choice = view.selection
    language = view.page_language(choice.is_data_fallback)
    yield view.render_page(
        "complaints",
        "complaints.html",
        language("Que vous arrive-t-il ?"),
        "rest",
        choice.is_data_fallback,
        paths=view.paths,
        pictograms=HARM_PICTOGRAMS,
        offices=choice.authorities.authorities,
    )
    for path in view.paths:
        yield from _path_pages(view, path)
    yield view.render_page(
        "authorities",
        "authorities.html",
        language("Les services de votre pays"),
        "rest",
        choice.is_data_fallback,
        f"authorities/{choice.country}.yaml",
        offices=choice.authorities.authorities,
        harms={path.harm: path.title for path in view.paths},
    )


def _path_pages(view: ChannelView, path: ComplaintPath) -> Iterator[Page]:
    address = f"complaints/{path.harm}"
    guides = [view.list_row(chosen, address) for chosen in map(view.selection.guide, path.guides) if chosen]
    yield view.render_page(
        address,
        "path.html",
        path.title,
        "rest",
        view.selection.is_data_fallback,
        f"routes/{path.country}.yaml",
        harm=path,
        steps=STEPS,
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
        harm=path,
        step=step,
        letter=template,
        text=_placeholders_as_blanks(letter),
    )


def _placeholders_as_blanks(letter: Letter) -> Markup:
    """The letter's text, each hole shown as its label, underlined and in brackets: these stay when it is copied by hand."""
    labels = {field.name: field.label for field in letter.template.fields}
    pieces = enumerate(PLACEHOLDER.split(letter.body.strip()))
    mark = Markup("<u data-hole={}>[{}]</u>")
    return Markup("").join(
        mark.format(piece, labels.get(piece, piece)) if hole % 2 else escape(piece) for hole, piece in pieces
    )
