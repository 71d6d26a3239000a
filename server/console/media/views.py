"""Send an image, send or record a sound, see them all. What is kept is what the converter made, never the file that came."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.responses import Response

from server.console import page
from server.console.context import ConsoleContext
from server.media.convert import converter_of
from server.media.media_store import MediaItem, media_of
from server.web.app_state import clock_of
from server.writing.workspace import workspace_of
from sync.errors import BadRequest, Refused

MAX_IMAGE_BYTES = 15 * 1024 * 1024  # bytes: what a good phone's camera makes
MAX_SOUND_BYTES = 30 * 1024 * 1024  # bytes: fifteen minutes as a phone records them, three as a studio does
MAX_LABEL_LENGTH = 200  # characters


async def media(context: ConsoleContext) -> Response:
    return await _render_list(context)


async def add_image(context: ConsoleContext) -> Response:
    return await _add_medium(context, "image")


async def add_sound(context: ConsoleContext) -> Response:
    return await _add_medium(context, "sound")


async def _add_medium(context: ConsoleContext, kind: str) -> Response:
    label = " ".join(context.text("label").split())[:MAX_LABEL_LENGTH]
    try:
        if not label:
            raise Refused(
                "label-missing",
                "Dites en quelques mots ce qu’on voit ou entend : qui ne charge pas le fichier lit ces mots.",
            )
        upload = context.form.get("file")
        if not isinstance(upload, UploadFile) or not upload.size:
            raise BadRequest("file-missing", "Choisissez un fichier.")
        converted = await converter_of(context).convert(kind, await upload.read())
    except Refused as error:
        return await _render_list(context, kind, error)
    when = clock_of(context)().isoformat(timespec="seconds")
    item = await media_of(context).save(converted, label, context.user.name, when)
    await context.record_action("media-kept", item.name, bytes=item.bytes)
    return context.redirect("/media", "C’est gardé : {size}.", size=context.language.size(item.bytes))


async def _render_list(context: ConsoleContext, kind: str = "", error: Refused | None = None) -> Response:
    _ = context.language
    field = {"label-missing": "label", "file-missing": "file"}.get(error.code, "file") if error else ""
    snapshot = await workspace_of(context).load_snapshot()
    texts = {id: str(dict(work.fields)) for id, work in snapshot.works.items()}
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
        used={item.name: [id for id, text in texts.items() if item.name in text] for item in items},
        cost=format_cost,
    )


def format_cost(context: ConsoleContext, item: MediaItem, francs: float) -> str:
    """What a reader pays at most for having it."""
    size = context.language.size(item.bytes)
    if not francs:
        return size
    price = context.language.number(max(0.1, round(item.bytes * francs / 1e6, 1)))
    return context.language("{size}, environ {francs} F", size=size, francs=price)


async def withdraw(context: ConsoleContext) -> Response:
    await media_of(context).withdraw(context.param("name"), clock_of(context)().isoformat(timespec="seconds"))
    await context.record_action("media-withdrawn", context.param("name"))
    return context.redirect(
        "/media", "Le fichier est retiré. À la prochaine publication, les pages n’en montrent plus que les mots."
    )
