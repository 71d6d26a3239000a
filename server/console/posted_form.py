"""Posted forms, parsed within limits on bytes, fields and files; only the two media types that HTML forms have.

Texts are UTF-8: a client names no codec. Some of Python's (`punycode`) take quadratic time, some (`unicode_escape`)
make texts that cannot be stored. Used by `access.handle_request`.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterator
from typing import TypeAlias

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, Headers
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

from server.web.request_text import parse_number
from sync.errors import BadRequest, Refused

Chunks: TypeAlias = AsyncGenerator[bytes, None]

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
PLAIN_ENCODINGS = ("7bit", "8bit", "binary")
MAX_FIELDS = 4000  # of one form: a letter of fifty placeholders has a few hundred
MAX_FILES = 30  # of one form: a workbook with its lists, pictures and sounds
MAX_FIELD_BYTES = 1024 * 1024  # bytes of one field: four times the largest text

_CHARSET = re.compile(r"""[;\s]charset[*0-9]*\s*=\s*"?([^";]*)""")


class FormTooLarge(Refused):
    """The body is over the route's limit; nothing of it was stored."""


class Utf8MultiPartParser(MultiPartParser):
    """Starlette's parser, which refuses other codecs, bytes that are no UTF-8, and a body without its last boundary.

    Starlette takes such bytes for Latin-1, and a body that was cut for a whole one.
    """

    is_whole = False

    async def parse(self) -> FormData:
        form = await super().parse()
        if not self.is_whole:
            for file in self._files_to_close_on_error:  # one that was cut is not in the form
                file.close()
            raise MultiPartException("cut")
        return form

    def on_end(self) -> None:
        self.is_whole = True

    def on_headers_finished(self) -> None:
        for name, value in self._current_part.item_headers:
            text = value.decode("utf-8").strip().lower()
            if name == b"content-type" and not _is_utf8(text):
                raise MultiPartException("another charset than UTF-8")
            if name == b"content-transfer-encoding" and text not in PLAIN_ENCODINGS:
                raise MultiPartException("an encoding that nothing here decodes")
        super().on_headers_finished()

    def on_part_end(self) -> None:
        if self._current_part.file is None:
            self._current_part.data.decode("utf-8")
        super().on_part_end()


async def read_form(request: Request, limit: int) -> FormData:
    """Parse the fields and files of a posted form; `limit` in bytes.

    Raises FormTooLarge as soon as the limit is passed, BadRequest for other media types and malformed bodies.
    """
    content_type = request.headers.get("content-type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in FORM_TYPES or len(request.headers.getlist("content-type")) != 1:
        raise BadRequest("form-type", "Ce formulaire n’est pas d’un type connu.")
    if not _is_utf8(content_type):
        raise BadRequest("form-charset", "Ce formulaire n’est pas écrit en UTF-8.")
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and parse_number(length, limit) is None:
        raise _too_large(limit)
    received = 0

    async def read_chunks() -> Chunks:
        nonlocal received
        more = True
        while more:
            message = await request.receive()
            if message["type"] != "http.request":
                raise MultiPartException("the client left")  # the parser closes its open files on any error
            chunk = message.get("body", b"")
            received += len(chunk)
            if received > limit:
                raise MultiPartException("too large")
            yield chunk
            more = message.get("more_body", False)
        yield b""

    try:
        form = await _make_parser(media_type, request.headers, read_chunks()).parse()
    except (MultiPartException, FormParserError, ValueError):
        if received > limit:
            raise _too_large(limit) from None
        raise BadRequest("form-unreadable", "Ce formulaire ne peut pas être lu.") from None
    if any("\0" in text for text in _list_texts(form)):
        await form.close()
        raise BadRequest("form-unreadable", "Ce formulaire ne peut pas être lu.")
    return form


def _list_texts(form: FormData) -> Iterator[str]:
    """The fields' names and values, and the files' names."""
    for name, value in form.multi_items():
        yield name
        yield value if isinstance(value, str) else value.filename or ""


def _make_parser(media_type: str, headers: Headers, chunks: Chunks) -> FormParser | MultiPartParser:
    if media_type == FORM_TYPES[0]:
        return FormParser(headers, chunks, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES)
    return Utf8MultiPartParser(
        headers, chunks, max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES
    )


def _is_utf8(header: str) -> bool:
    """True unless a Content-Type header has another `charset`, as its text or as the parser reads it."""
    _, parameters = parse_options_header(header)
    charsets = [*_CHARSET.findall(header.lower()), parameters.get(b"charset", b"utf-8").decode("latin-1")]
    return all(charset.strip().lower() in ("utf-8", "utf8") for charset in charsets)


def _too_large(limit: int) -> FormTooLarge:
    if limit < 1024 * 1024:
        return FormTooLarge("body-too-large", "C’est trop lourd : {most} ko au plus.", most=limit // 1024)
    return FormTooLarge("body-too-large", "C’est trop lourd : {most} Mo au plus.", most=limit // (1024 * 1024))
