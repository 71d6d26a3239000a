"""The files that are uploaded with a form: lists as CSV, and pictures and sounds, which become media of the site."""

from __future__ import annotations

from pathlib import PurePath

from starlette.datastructures import UploadFile

from server.console.context import ConsoleContext
from server.media.convert import converter_of
from server.media.media_store import media_of
from server.web.app_state import clock_of
from sync.errors import BadRequest
from sync.forms.form_files import FormFiles

IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif")
SOUNDS = (".mp3", ".ogg", ".opus", ".oga", ".m4a", ".aac", ".wav", ".amr", ".3gp", ".flac")
ACCEPTED = ",".join((".csv", *IMAGES, *SOUNDS))


def posted_files(context: ConsoleContext) -> list[UploadFile]:
    """The files that came with the form; an input without a file has one without a name."""
    return [file for file in context.form.getlist("files") if isinstance(file, UploadFile)]


async def read_form_files(context: ConsoleContext) -> FormFiles:
    """Keep the pictures and sounds on the site and read the lists. Raises Refused for a file that is none of these."""
    lists: dict[str, bytes] = {}
    media: dict[str, str] = {}
    for upload in posted_files(context):
        name = PurePath(upload.filename or "").name
        ending = PurePath(name).suffix.lower()
        if ending == ".csv":
            lists[name] = await upload.read()
        elif ending in (*IMAGES, *SOUNDS):
            media[name] = await _keep_medium(context, name, await upload.read(), is_image=ending in IMAGES)
        elif name:
            raise BadRequest(
                "form-file-kind",
                "« {name} » n’est ni une liste CSV, ni une image, ni un son.",
                name=name,
            )
    return FormFiles(lists, media)


async def _keep_medium(context: ConsoleContext, name: str, data: bytes, *, is_image: bool) -> str:
    """The site's name of the medium; its words are the file's name, until someone writes better ones."""
    converted = await converter_of(context).convert("image" if is_image else "sound", data)
    when = clock_of(context)().isoformat(timespec="seconds")
    item = await media_of(context).save(converted, PurePath(name).stem, context.user.name, when)
    await context.record_action("media-kept", item.name, bytes=item.bytes)
    return item.name
