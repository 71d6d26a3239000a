"""The page for somebody in danger now: what to do in the first minute, and the country's emergency numbers.

In the first part of every edition and one tap from every page, so that it is there without a network.
"""

from __future__ import annotations

from sync.documents.code_labels import SERVICE_PICTOGRAMS, SERVICES
from sync.documents.emergency import EmergencyLine
from sync.editions.page import KeptPage, Page
from sync.rendering.channel_view import ChannelView

PATH = "danger"
_STATES = ("rung", "official", "unknown")  # what can be dialled first


def danger_page(view: ChannelView) -> Page | KeptPage:
    selection = view.selection
    lines = sorted(selection.authorities.emergency, key=_rank)
    harms = {path.harm: path.title for path in view.paths}
    return view.render_page(
        PATH,
        "danger.html",
        view.page_language(selection.is_data_fallback)("Danger maintenant"),
        "first",
        selection.is_data_fallback,
        f"authorities/{selection.country}.yaml",
        lines=[_readable(line) for line in lines],
        states={line.service: line.state for line in lines},
        SERVICES=SERVICES,
        pictograms=SERVICE_PICTOGRAMS,
        paths=[(harm, harms[harm]) for harm in ("hate-threat", "intimate-images", "child", "scam") if harm in harms],
    )


def _rank(line: EmergencyLine) -> int:
    return _STATES.index(line.state)


def _readable(line: EmergencyLine) -> EmergencyLine:
    """The line without the numbers that nobody has rung yet: a page has no use for them."""
    return EmergencyLine(line.service, line.number, line.site, line.note, line.source, line.rung, line.instead)
