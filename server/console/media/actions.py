"""Changes to images and recordings: add one, withdraw one. Stored is the converter's output, never the upload."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.responses import Response

from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.console.media.views import render_list
from server.media.convert import converter_of
from server.media.media_store import media_of
from server.web.app_state import clock_of
from sync.errors import BadRequest, Refused

MAX_LABEL_LENGTH = 200  # characters


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
        return await render_list(context, kind, error)
    when = clock_of(context)().isoformat(timespec="seconds")
    item = await media_of(context).save(converted, label, context.user.name, when)
    await context.record_action("media-kept", item.name, bytes=item.bytes)
    return context.redirect("/media", FlashMessage.MEDIA_SAVED, size=context.language.size(item.bytes))


async def withdraw(context: ConsoleContext) -> Response:
    await media_of(context).withdraw(context.param("name"), clock_of(context)().isoformat(timespec="seconds"))
    await context.record_action("media-withdrawn", context.param("name"))
    return context.redirect("/media", FlashMessage.MEDIA_WITHDRAWN)
