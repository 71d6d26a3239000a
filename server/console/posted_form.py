"""Posted forms, parsed within limits on bytes, fields and files; only the two media types that HTML forms have.

Used by `access.handle_request`.
"""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message

from sync.errors import BadRequest, Refused

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
MAX_FIELDS = 4000  # of one form: a letter of fifty placeholders has a few hundred
MAX_FILES = 1
MAX_FIELD_BYTES = 1024 * 1024  # bytes of one field: four times the largest text


class FormTooLarge(Refused):
    """The body is over the route's limit; nothing of it was stored."""


async def read_form(request: Request, limit: int) -> FormData:
    """Parse the fields and files of a posted form; `limit` in bytes.

    Raises FormTooLarge as soon as the limit is passed, BadRequest for other media types and malformed bodies.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in FORM_TYPES:
        raise BadRequest("form-type", "Ce formulaire n’est pas d’un type connu.")
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length) > limit:
        raise _too_large(limit)
    received = 0

    async def receive() -> Message:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise MultiPartException("too large")  # the parser closes its open files on this error only
        return message

    try:
        return await Request(request.scope, receive).form(
            max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES
        )
    except (MultiPartException, HTTPException, UnicodeDecodeError):
        if received > limit:
            raise _too_large(limit) from None
        raise BadRequest("form-unreadable", "Ce formulaire ne peut pas être lu.") from None


def _too_large(limit: int) -> FormTooLarge:
    megabytes = max(1, limit // (1024 * 1024))
    return FormTooLarge("body-too-large", "C’est trop lourd : {most} Mo au plus.", most=megabytes)
