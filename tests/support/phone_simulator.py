"""Phones that fill, sign and seal forms. Used by the tests of inbox, console and journeys."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from altcha import Challenge, solve_challenge

from sync.canonical import base64url_encode, canonical, digest
from sync.editions.signing import Signer, key_digest
from sync.forms.compiled_form import Form
from sync.submissions.devices import enrolment_bytes
from sync.submissions.sealing import seal_answers
from sync.submissions.submission import PIECE_BYTES, signed_bytes

DAY = "2026-11-24"


@dataclass
class FilledForm:
    """One submission on the phone, with its secret."""

    text: str
    signature: str
    secret: str

    @property
    def id(self) -> str:
        return digest(self.text)

    @property
    def line(self) -> str:
        value = {"submission": self.text} | ({"signature": self.signature} if self.signature else {})
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"

    def worked_line(self, challenge: Mapping[str, Any]) -> str:
        """The line with the work that a verdict asks for."""
        return self.line_with(solve_work(challenge))

    def line_with(self, work: Any) -> str:
        return json.dumps({**json.loads(self.line), "work": work}, ensure_ascii=False) + "\n"


@dataclass
class PhoneSimulator:
    """A phone; without `signer` it is not enrolled."""

    site: str
    seed: int = 1
    signer: Signer | None = None
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    @property
    def device(self) -> str:
        assert self.signer
        return key_digest(self.signer.public_key)

    def enrolment(self, code: str) -> dict[str, str]:
        self.signer = self.signer or Signer.generate()
        key = self.signer.public_key
        return {"code": code, "key": key, "signature": self.signer.sign(enrolment_bytes(self.site, code, key))}

    def fill(self, form: Form, answers: Any, files: list[bytes] | None = None, **changes: Any) -> FilledForm:
        value, secret = self._compose(form, {"answers": answers} | changes, files)
        return self.sign(value, secret)

    def seal(
        self,
        form: Form,
        answers: Any,
        publics: list[str],
        seal: Callable[[Sequence[str], Mapping[str, Any], Any], dict[str, str]] = seal_answers,
        **changes: Any,
    ) -> FilledForm:
        value, secret = self._compose(form, changes)
        return self.sign(value | {"sealed": seal(publics, value, answers)}, secret)

    def _compose(
        self, form: Form, changes: Mapping[str, Any], files: list[bytes] | None = None
    ) -> tuple[dict[str, Any], str]:
        secret = base64url_encode(self.chance.randbytes(32))
        value: dict[str, Any] = {
            "v": 1,
            "nonce": base64url_encode(self.chance.randbytes(16)),
            "site": self.site,
            "form": form.slug,
            "version": form.version,
            "day": DAY,
            "lang": "fr",
            "place": "",
            "answer": digest(secret),
        }
        if self.signer:
            value["device"] = self.device
        if files:
            value["files"] = [[digest(data), len(data), "image/jpeg"] for data in files]
        return {key: field for key, field in {**value, **changes}.items() if field is not None}, secret

    def sign(self, value: dict[str, Any], secret: str = "") -> FilledForm:
        text = canonical(value).decode()
        signature = self.signer.sign(signed_bytes(self.site, digest(text))) if self.signer else ""
        return FilledForm(text, signature, secret)


def piece_lines(data: bytes) -> list[str]:
    """The request lines of an attachment's pieces."""
    name = digest(data)
    parts = [data[at : at + PIECE_BYTES] for at in range(0, len(data), PIECE_BYTES)]
    return [
        json.dumps({"file": name, "at": at, "data": base64url_encode(part)}) + "\n" for at, part in enumerate(parts)
    ]


def solve_work(challenge: Mapping[str, Any]) -> dict[str, Any]:
    """The work that a line carries for a challenge, found by ALTCHA's own library for Python."""
    solution = solve_challenge(Challenge.from_dict(dict(challenge)))
    assert solution
    return {
        "challenge": challenge,
        "solution": {"counter": solution.counter, "derivedKey": solution.derived_key},
    }


def padded_size(size: int) -> int:
    """Bytes to which a phone fills up a body of `size` bytes."""
    return next((step for step in (1024, 2048, 4096) if size <= step), -(-size // 8192) * 8192)


def padded_body(text: str, *, packed: bool = False) -> bytes:
    """Request lines as a phone sends them: padded, as gzip or not."""
    if not packed:
        raw = text.encode()
        return raw[:-1] + b" " * (padded_size(len(raw)) - len(raw)) + b"\n"
    body = gzip.compress(text.encode(), mtime=0)
    comment = padded_size(len(body)) - len(body)
    if comment == 0:
        return body
    return body[:3] + b"\x10" + body[4:10] + b" " * (comment - 1) + b"\x00" + body[10:]
