"""Posted forms, read within limits: how many bytes, fields and files; only the two types that forms have."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message

from sync.errors import BadRequest, Refused

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
MAX_FIELDS = 4000  # of one form: a letter of fifty blanks has a few hundred
MAX_FILES = 1
MAX_FIELD_BYTES = 1024 * 1024  # bytes of one field: four times the largest text


class FormTooLarge(Refused):
    """More bytes than this address takes; nothing of them was kept."""


async def read_form(request: Request, limit: int) -> FormData:
    """The fields and files sent. Raises TooLarge as soon as the limit is passed, BadRequest for anything that is no form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in FORM_TYPES:
        raise BadRequest("form-type", "Ce formulaire n’est pas d’un type connu.")
    said = request.headers.get("content-length", "")
    if said.isascii() and said.isdigit() and int(said) > limit:
        raise _too_large(limit)
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise MultiPartException("too large")  # the one error at which the parser closes the files it has begun
        return message

    try:
        return await Request(request.scope, receive).form(
            max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES
        )
    except (MultiPartException, HTTPException, UnicodeDecodeError):
        if taken > limit:
            raise _too_large(limit) from None
        raise BadRequest("form-unreadable", "Ce formulaire ne peut pas être lu.") from None


def _too_large(limit: int) -> FormTooLarge:
    return FormTooLarge("body-too-large", "C’est trop lourd : {most} Mo au plus.", most=max(1, limit // (1024 * 1024)))
