"""Send an image, send or record a sound, see them all. What is kept is what the converter made, never the file that came."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.responses import Response

from server.console import page
from server.console.context import Visit
from server.media.convert import converter_of
from server.media.media_store import MediaItem, media_of
from server.web.state import clock_of
from server.writing.workspace import workspace_of
from sync.errors import BadRequest, Refused

IMAGE_LIMIT = 15 * 1024 * 1024  # bytes: what a good phone's camera makes
SOUND_LIMIT = 30 * 1024 * 1024  # bytes: fifteen minutes as a phone records them, three as a studio does
LABEL = 200  # characters


async def media(visit: Visit) -> Response:
    return await _list(visit)


async def add_image(visit: Visit) -> Response:
    return await _add(visit, "image")


async def add_sound(visit: Visit) -> Response:
    return await _add(visit, "sound")


async def _add(visit: Visit, kind: str) -> Response:
    label = " ".join(visit.text("label").split())[:LABEL]
    try:
        if not label:
            raise Refused(
                "label-missing",
                "Dites en quelques mots ce qu’on voit ou entend : qui ne charge pas le fichier lit ces mots.",
            )
        upload = visit.form.get("file")
        if not isinstance(upload, UploadFile) or not upload.size:
            raise BadRequest("file-missing", "Choisissez un fichier.")
        converted = await converter_of(visit).convert(kind, await upload.read())
    except Refused as error:
        return await _list(visit, kind, error)
    when = clock_of(visit)().isoformat(timespec="seconds")
    item = await media_of(visit).keep(converted, label, visit.who.name, when)
    await visit.note("media-kept", item.name, bytes=item.bytes)
    return visit.redirect("/media", "C’est gardé : {size}.", size=visit.language.size(item.bytes))


async def _list(visit: Visit, kind: str = "", error: Refused | None = None) -> Response:
    _ = visit.language
    field = {"label-missing": "label", "file-missing": "file"}.get(error.code, "file") if error else ""
    snapshot = await workspace_of(visit).now()
    texts = {id: str(dict(work.fields)) for id, work in snapshot.works.items()}
    items = [item for item in await media_of(visit).all() if not item.withdrawn]
    prices = snapshot.library.site.prices
    return page.show(
        visit,
        "media/list.html",
        _("Images et sons"),
        status=422 if error else 200,
        items=items,
        kind=kind,
        wrong={f"{kind}-{field}": error.text(_)} if error else {},
        francs=max((price.francs for price in prices.values()), default=0.0),
        used={item.name: [id for id, text in texts.items() if item.name in text] for item in items},
        cost=cost,
    )


def cost(visit: Visit, item: MediaItem, francs: float) -> str:
    """What a reader pays at most for having it."""
    size = visit.language.size(item.bytes)
    if not francs:
        return size
    price = visit.language.number(max(0.1, round(item.bytes * francs / 1e6, 1)))
    return visit.language("{size}, environ {francs} F", size=size, francs=price)


async def withdraw(visit: Visit) -> Response:
    await media_of(visit).withdraw(visit.param("name"), clock_of(visit)().isoformat(timespec="seconds"))
    await visit.note("media-withdrawn", visit.param("name"))
    return visit.redirect(
        "/media", "Le fichier est retiré. À la prochaine publication, les pages n’en montrent plus que les mots."
    )
