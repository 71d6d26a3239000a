"""Rendering of a channel: all its pages in the order in which a new phone receives them, or only those that a cache has
not.

Pure and deterministic: the same documents give the same bytes. Lists contain titles only, so that an edit of a text
changes the page of that text alone. Guides that are not essential stand by their slugs: texts written together share
words and compress better side by side, and a new title moves no page.
"""

from __future__ import annotations

from itertools import chain

from sync.alerts.library_with_alerts import Library
from sync.editions.page import KeptPage, Page, rendered_pages
from sync.rendering.channel_view import Assets, ChannelView
from sync.rendering.page_cache import PageCache
from sync.rendering.pages import alerts, complaints, danger, forms, guides, notices, recommendations, site

__all__ = ["Assets", "render", "render_changed"]


def render(library: Library, channel: str, assets: Assets) -> list[Page]:
    """All pages of `channel`. Raises BadContent if the page of a document exceeds the size limit."""
    return rendered_pages(render_changed(library, channel, assets))


def render_changed(
    library: Library, channel: str, assets: Assets, cache: PageCache | None = None
) -> list[Page | KeptPage]:
    """The pages of `channel`, kept ones where the cache has them. Raises as `render`."""
    view = ChannelView.for_channel(library, channel, assets, cache)
    essential = [entry for entry in view.selection.guides if entry.document.essential]
    others = sorted(
        (entry for entry in view.selection.guides if not entry.document.essential),
        key=lambda entry: entry.document.slug,
    )
    return list(
        chain(
            (site.shell_page(view), site.missing_page(view), site.home_page(view, essential)),
            alerts.pages(view),  # right behind home, where the publication of an alert puts them
            (danger.danger_page(view),),
            (guides.guide_page(view, entry, "first") for entry in essential),
            site.other_pages(view),  # early: search stands there too where a phone has no room for the rest
            guides.list_pages(view),
            (guides.guide_page(view, entry, "rest") for entry in others),
            notices.list_pages(view),
            (notices.notice_page(view, entry) for entry in view.selection.notices),
            recommendations.pages(view),
            complaints.pages(view),
            forms.pages(view),
        )
    )
