"""Pages of recommendations to people who decide: the list, and each with what became of it."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from sync.documents.code_labels import RECOMMENDATION_STATES
from sync.documents.recommendation import Recommendation
from sync.editions.page import KeptPage, Page
from sync.rendering.addresses import RECOMMENDATIONS
from sync.rendering.channel_view import ChannelView
from sync.rendering.document_selection import SelectedDocument
from sync.rendering.topics import paginate_list


def pages(view: ChannelView) -> Iterator[Page | KeptPage]:
    """The list and each recommendation; nothing in a channel without one."""
    if view.selection.recommendations:
        yield from _list_pages(view)
        for entry in view.selection.recommendations:
            yield recommendation_page(view, entry)


def _list_pages(view: ChannelView) -> Iterator[Page | KeptPage]:
    """`recommendations`, and `recommendations-2`, … if one page is not enough."""
    rows = [_row(view, entry) for entry in view.selection.recommendations]
    title = view.language("Recommandations")
    for path, next_page, part in paginate_list(RECOMMENDATIONS, rows, lambda row: len(row.encode())):
        yield view.render_page(path, "recommendations.html", title, rows=part, next_page=next_page)


def _row(view: ChannelView, entry: SelectedDocument[Recommendation]) -> Markup:
    """A row of the list: title, state."""
    recommendation = entry.document
    return Markup("<a href={}/{}><span><span{}>{}</span><small>{}</small></span></a>").format(
        RECOMMENDATIONS,
        recommendation.slug,
        view.lang_attribute(entry.is_fallback),
        recommendation.title,
        view.language(RECOMMENDATION_STATES[recommendation.state]),
    )


def recommendation_page(view: ChannelView, entry: SelectedDocument[Recommendation]) -> Page | KeptPage:
    document = entry.document
    path = f"{RECOMMENDATIONS}/{document.slug}"
    return view.render_page(
        path,
        "recommendation.html",
        document.title,
        "rest",
        entry.is_fallback,
        f"recommendations/{document.slug}/{document.lang}.md",
        recommendation=document,
        text=view.article(document.body, path),
        answer_lang=view.lang_attribute(document.lang != view.site.lang),
        is_alone=view.site.one_person,
    )
