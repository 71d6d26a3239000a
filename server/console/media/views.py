"""The page of images and recordings: two upload forms, and a list with the cost of each file to a reader."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from server.console import page
from server.console.components.decision import PageState, make_page_state
from server.console.context import ConsoleContext
from server.media.media_store import MediaItem, media_of
from server.writing.workspace import Snapshot, workspace_of
from sync.errors import Refused

MAX_IMAGE_BYTES = 15 * 1024 * 1024  # bytes of the posted form: a photo of a good phone's camera
MAX_SOUND_BYTES = 30 * 1024 * 1024  # bytes of the posted form: 15 minutes from a phone, 3 minutes of studio quality


async def media(context: ConsoleContext) -> Response:
    return await render_list(context)


async def render_list(context: ConsoleContext, kind: str = "", error: Refused | None = None) -> Response:
    """The page; `error` is shown beside the field it concerns in the form for `kind` (image or sound)."""
    _ = context.language
    field = {"label-missing": "label", "file-missing": "file"}.get(error.code, "file") if error else ""
    snapshot = await workspace_of(context).load_snapshot()
    items = [item for item in await media_of(context).all() if not item.withdrawn]
    prices = snapshot.library.site.prices
    return page.render(
        context,
        "media/list.html",
        _("Images et sons"),
        status=422 if error else 200,
        items=items,
        kind=kind,
        wrong={f"{kind}-{field}": error.text(_)} if error else {},
        francs=max((price.francs for price in prices.values()), default=0.0),
        document_ids=(document_ids := find_documents(snapshot, items)),
        page_states={item.name: medium_page_state(context, item, document_ids[item.name]) for item in items},
        cost=format_cost,
    )


def find_documents(snapshot: Snapshot, items: Sequence[MediaItem]) -> dict[str, list[str]]:
    """Ids of the documents that name each medium, by the medium's name."""
    texts = {id: str(dict(work.fields)) for id, work in snapshot.works.items()}
    return {item.name: [id for id, text in texts.items() if item.name in text] for item in items}


def medium_page_state(context: ConsoleContext, item: MediaItem, document_ids: Sequence[str]) -> PageState:
    """The entry of a medium: its words, and the documents that would lose it."""
    _ = context.language
    return make_page_state(
        [item.name, item.label, item.withdrawn, list(document_ids)],
        [
            (_("Ce qu’on voit ou entend"), item.label),
            (_("Fichier"), item.name),
            (_("Documents"), ", ".join(document_ids) or "—"),
            (_("État"), _("Retiré") if item.withdrawn else _("Gardé")),
        ],
    )


def format_cost(context: ConsoleContext, item: MediaItem, francs: float) -> str:
    """Size of a file and its price in francs at `francs` a megabyte; the size alone without a price."""
    size = context.language.size(item.bytes)
    if not francs:
        return size
    price = context.language.number(max(0.1, round(item.bytes * francs / 1e6, 1)))
    return context.language("{size}, environ {francs} F", size=size, francs=price)
