"""Fact-check notices: the list to compare a message with, and each notice."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from sync.documents import pictograms
from sync.documents.model import Notice
from sync.documents.vocabulary import VERDICT_PICTOGRAMS, VERDICT_TONES, VERDICTS
from sync.editions.page import Page
from sync.rendering.channel_view import ChannelView
from sync.rendering.document_selection import SelectedDocument
from sync.rendering.pages.guides import summary_unless_repeated, wrap_actions
from sync.rendering.topics import paginate


def list_pages(view: ChannelView) -> Iterator[Page]:
    """`notices`, and `notices-2`, … where one page is not enough."""
    rows = [_notice_row(view, chosen) for chosen in view.selection.notices]
    runs = list(paginate(rows, lambda row: len(row.encode())))
    paths = ["notices" if number == 1 else f"notices-{number}" for number in range(1, len(runs) + 1)]
    title = view.language("Vérifier un message")
    for path, following, run in zip(paths, (*paths[1:], ""), runs, strict=True):
        yield view.render_page(path, "notices.html", title, rows=run, following=following, opening=path == paths[0])


def _notice_row(view: ChannelView, chosen: SelectedDocument[Notice]) -> Markup:
    """A line of the list: the verdict's shape, the title, the verdict's word."""
    notice = chosen.document
    return Markup("<a href=notices/{}>{}<span><span{}>{}</span><small>{}</small></span></a>").format(
        notice.slug,
        pictograms.use(VERDICT_PICTOGRAMS[notice.verdict]),
        view.lang_attribute(chosen.is_fallback),
        notice.title,
        view.language(VERDICTS[notice.verdict]),
    )


def notice_page(view: ChannelView, chosen: SelectedDocument[Notice]) -> Page:
    document = chosen.document
    path = f"notices/{document.slug}"
    return view.render_page(
        path,
        "notice.html",
        document.title,
        "rest",
        chosen.is_fallback,
        f"notices/{document.slug}/{document.lang}.md",
        notice=document,
        verdict=VERDICTS[document.verdict],
        pictogram=VERDICT_PICTOGRAMS[document.verdict],
        tone=VERDICT_TONES.get(document.verdict, "doubt"),
        summary=summary_unless_repeated(document.summary, document.body),
        body=wrap_actions(view.markdown(document.body, path), view.page_language(chosen.is_fallback)),
    )
