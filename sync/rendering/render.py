"""Documents to finished pages: `render(library, channel, assets)` gives every page of a channel, in reading order.

Pure and deterministic: the same documents give the same bytes. Lists hold titles only, so that an edit of a text changes the page of
that text alone.
"""

from __future__ import annotations

from itertools import chain

from sync.alerts.library import Library
from sync.editions.page import Page
from sync.rendering.channel_view import Assets, ChannelView
from sync.rendering.pages import alerts, complaints, forms, guides, notices, site

__all__ = ["Assets", "render"]


def render(library: Library, channel: str, assets: Assets) -> list[Page]:
    """Every page of `channel`. Raises BadContent for a document whose page would be over the limit."""
    view = ChannelView.for_channel(library, channel, assets)
    essential = [chosen for chosen in view.selection.guides if chosen.document.essential]
    further = [chosen for chosen in view.selection.guides if not chosen.document.essential]
    return list(
        chain(
            (site.shell_page(view), site.missing_page(view), site.home_page(view, essential)),
            alerts.pages(view),
            (guides.guide_page(view, chosen, "first") for chosen in essential),
            guides.list_pages(view),
            (guides.guide_page(view, chosen, "rest") for chosen in further),
            notices.list_pages(view),
            (notices.notice_page(view, chosen) for chosen in view.selection.notices),
            complaints.pages(view),
            forms.pages(view),
            site.other_pages(view),
        )
    )
