"""Views of the inbox. Bodies are limited in size before they are parsed; ids and secrets never appear in URLs."""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from server.inbox.service import inbox_of
from server.web.app_state import settings_of, translator_of
from server.web.cors import ALLOW_ANY_ORIGIN
from server.web.request_body import read_json
from sync.errors import BadRequest
from sync.locale import Language
from sync.submissions.body_lines import request_too_large

NDJSON = "application/x-ndjson"
MAX_IDS = 200
MAX_BODY_BYTES = 16 * 1024  # all requests except submissions
HEADERS = {"cache-control": "no-store"} | ALLOW_ANY_ORIGIN

_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")


async def receipts(request: Request) -> Response:
    ids = await _read_json(request)
    if (
        not isinstance(ids, list)
        or len(ids) > MAX_IDS
        or not all(isinstance(id, str) and _DIGEST.fullmatch(id) for id in ids)
    ):
        raise _malformed()
    receipts_by_id = await inbox_of(request).get_receipts(list(dict.fromkeys(ids)))
    return _ndjson_response(
        [
            {"id": id, "erased": True} if receipt is None else {"id": id, "receipt": receipt.as_json()}
            for id, receipt in receipts_by_id.items()
        ]
    )


async def answers(request: Request) -> Response:
    value = await _read_json(request)
    answer = await inbox_of(request).get_answer(*_id_and_secret(value), value.get("receipt"))
    return _json_response(answer) if answer else Response(status_code=204, headers=HEADERS)


async def withdrawals(request: Request) -> Response:
    await inbox_of(request).withdraw(*_id_and_secret(await _read_json(request)))
    return _json_response({"erased": True})


async def devices(request: Request) -> Response:
    value = await _read_json(request)
    parts = [value.get(name) for name in ("code", "key", "signature")] if isinstance(value, dict) else []
    if not parts or not all(isinstance(part, str) and len(part) <= 200 for part in parts):
        raise _malformed()
    device = await inbox_of(request).enrol(*map(str, parts))
    return _json_response(device.as_json(), 201)


async def device_state(request: Request) -> Response:
    """The end of a device's enrolment, for the phone that holds its key: nobody else knows the digest by chance."""
    value = await _read_json(request)
    id = value.get("device") if isinstance(value, dict) else None
    if not isinstance(id, str) or not _DIGEST.fullmatch(id):
        raise _malformed()
    return _json_response((await inbox_of(request).get_device(id)).state_as_json())


async def _read_json(request: Request) -> Any:
    return await read_json(request.receive, MAX_BODY_BYTES, _malformed, request_too_large)


def _id_and_secret(value: Any) -> tuple[str, str]:
    texts = [value.get("id"), value.get("secret")] if isinstance(value, dict) else []
    if not texts or not all(isinstance(text, str) and _DIGEST.fullmatch(text) for text in texts):
        raise _malformed()
    return str(texts[0]), str(texts[1])


def _malformed() -> BadRequest:
    return BadRequest("request-malformed", "Cette demande n’a pas la bonne forme.", "Mettez l’application à jour.")


def language_of(request: Request) -> Language:
    preferred = request.headers.get("accept-language", "")[:2].lower()
    is_code = preferred.isalpha() and len(preferred) == 2
    return translator_of(request).language_of(preferred if is_code else settings_of(request).lang)


def _ndjson_response(values: list[dict[str, Any]]) -> Response:
    text = "".join(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n" for value in values)
    return Response(text, headers=HEADERS, media_type=NDJSON)


def _json_response(value: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(value, ensure_ascii=False, separators=(",", ":")), status, HEADERS, "application/json")
