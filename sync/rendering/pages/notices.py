"""Pages of fact-check notices: the list, and each notice."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from sync.documents import pictograms
from sync.documents.code_labels import VERDICT_PICTOGRAMS, VERDICT_TONES, VERDICTS
from sync.documents.model import Notice
from sync.editions.page import KeptPage, Page
from sync.rendering.channel_view import ChannelView
from sync.rendering.document_selection import SelectedDocument
from sync.rendering.topics import paginate_list


def list_pages(view: ChannelView) -> Iterator[Page | KeptPage]:
    """`notices`, and `notices-2`, … if one page is not enough."""
    rows = [_notice_row(view, entry) for entry in view.selection.notices]
    title = view.language("Vérifier un message")
    for path, next_page, part in paginate_list("notices", rows, lambda row: len(row.encode())):
        is_first = path == "notices"
        yield view.render_page(path, "notices.html", title, rows=part, next_page=next_page, is_first=is_first)


def _notice_row(view: ChannelView, entry: SelectedDocument[Notice]) -> Markup:
    """A row of the list: pictogram of the verdict, title, verdict."""
    notice = entry.document
    return Markup("<a href=notices/{}>{}<span><span{}>{}</span><small>{}</small></span></a>").format(
        notice.slug,
        pictograms.use(VERDICT_PICTOGRAMS[notice.verdict]),
        view.lang_attribute(entry.is_fallback),
        notice.title,
        view.language(VERDICTS[notice.verdict]),
    )


def notice_page(view: ChannelView, entry: SelectedDocument[Notice]) -> Page | KeptPage:
    document = entry.document
    path = f"notices/{document.slug}"
    return view.render_page(
        path,
        "notice.html",
        document.title,
        "rest",
        entry.is_fallback,
        f"notices/{document.slug}/{document.lang}.md",
        notice=document,
        verdict=VERDICTS[document.verdict],
        pictogram=VERDICT_PICTOGRAMS[document.verdict],
        tone=VERDICT_TONES.get(document.verdict, "doubt"),
        sounds=view.sounds(document),
        has_method=bool(view.site.checking),
        text=view.article(document.body, path),
        is_alone=view.site.one_person,
    )
