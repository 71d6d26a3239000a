"""Rendering of a channel: `render(library, channel, assets)` returns all its pages in reading order.

Pure and deterministic: the same documents give the same bytes. Lists contain titles only, so that an edit of a text
changes the page of that text alone.
"""

from __future__ import annotations

from itertools import chain

from sync.alerts.library_with_alerts import Library
from sync.editions.page import Page
from sync.rendering.channel_view import Assets, ChannelView
from sync.rendering.pages import alerts, complaints, forms, guides, notices, site

__all__ = ["Assets", "render"]


def render(library: Library, channel: str, assets: Assets) -> list[Page]:
    """All pages of `channel`. Raises BadContent if the page of a document exceeds the size limit."""
    view = ChannelView.for_channel(library, channel, assets)
    essential = [entry for entry in view.selection.guides if entry.document.essential]
    others = [entry for entry in view.selection.guides if not entry.document.essential]
    return list(
        chain(
            (site.shell_page(view), site.missing_page(view), site.home_page(view, essential)),
            alerts.pages(view),
            (guides.guide_page(view, entry, "first") for entry in essential),
            guides.list_pages(view),
            (guides.guide_page(view, entry, "rest") for entry in others),
            notices.list_pages(view),
            (notices.notice_page(view, entry) for entry in view.selection.notices),
            complaints.pages(view),
            forms.pages(view),
            site.other_pages(view),
        )
    )
