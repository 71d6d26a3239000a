"""Changes to images and recordings: add one, withdraw one. Stored is the converter's output, never the upload."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.responses import Response

from server.console.components.decision import require_seen
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.console.media.views import find_documents, medium_page_state, render_list
from server.media.convert import converter_of
from server.media.media_store import media_of
from server.web.app_state import clock_of
from server.writing.workspace import workspace_of
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
        uploads = context.form.getlist("file")
        if len(uploads) > 1:
            raise BadRequest("files-many", "Choisissez un seul fichier à la fois.")
        upload = uploads[0] if uploads else None
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
    item = await media_of(context).get(context.param("name"))
    document_ids = find_documents(await workspace_of(context).load_snapshot(), [item])[item.name]
    page_state = medium_page_state(context, item, document_ids)
    require_seen(context, page_state, "/media")
    await media_of(context).withdraw(item.name, clock_of(context)().isoformat(timespec="seconds"))
    await context.record_action("media-withdrawn", item.name, text=page_state.short_digest)
    return context.redirect("/media", FlashMessage.MEDIA_WITHDRAWN)
