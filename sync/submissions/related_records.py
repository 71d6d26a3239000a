"""The records beside a submission, read from bodies that another machine may have written in any shape.

Each function returns None for what is malformed; the reader then goes on without it. The records are listed in
README.md; those that hubs send are `received:`, `file:`, `piece:` and `withdrawal:`.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from sync.editions.page import is_page_path
from sync.errors import BadRequest, Refused
from sync.forms.conversions import day_of
from sync.store.contract import Body, Record
from sync.submissions.receipts import Receipt
from sync.submissions.record_ids import is_submission_id
from sync.submissions.submission import MAX_ATTACHMENT_BYTES

HEADQUARTERS_NODE = "hq"
MAX_ANSWER_LENGTH = 2000  # characters


@dataclass(frozen=True, slots=True)
class Arrival:
    """The day on which a node received a submission, by that node's clock."""

    id: str
    node: str
    day: str

    @property
    def is_headquarters(self) -> bool:
        return self.node == HEADQUARTERS_NODE


@dataclass(frozen=True, slots=True)
class Handling:
    """The state of a submission in the console; `who`: the account that handles it, or ""."""

    state: str
    who: str


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The answer to a sender. `page`: path of the page that says more, such as a notice's, or ""."""

    text: str
    lang: str
    date: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class TeamNote:
    text: str
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A sender's wish to erase a submission, made at a hub on `day`."""

    id: str
    secret: str
    day: str


def malformed_record() -> Refused:
    return Refused("record-malformed", "Cette fiche n’a pas la bonne forme.")


def arrival_from_record(record: Record) -> Arrival | None:
    """The arrival of a record `received:{id}:{node}`."""
    kind, _, rest = record.id.partition(":")
    id, _, node = rest.partition(":")
    day = _day(record.body.get("day"))
    return Arrival(id, node, day) if kind == "received" and is_submission_id(id) and node and day else None


def receipt_from_body(body: Body) -> Receipt | None:
    date, epoch, signature = (body.get(key) for key in ("date", "epoch", "signature"))
    if not _day(date) or type(epoch) is not int or not is_text(signature):
        return None
    return Receipt(str(date), epoch, str(signature))


def handling_from_body(body: Body) -> Handling | None:
    state, who = body.get("state"), body.get("who")
    return Handling(str(state), str(who)) if is_text(state) and is_text(who) else None


def answer_from_body(body: Body) -> StoredAnswer | None:
    text, lang, date, page = (body.get(key) for key in ("text", "lang", "date", "page"))
    if not (is_text(text) and is_text(lang) and _day(date)):
        return None
    return StoredAnswer(
        str(text), str(lang), str(date), str(page) if isinstance(page, str) and is_page_path(page) else ""
    )


def check_answer_text(text: str) -> None:
    """Raises BadRequest for an answer that is empty or too long."""
    if not 0 < len(text) <= MAX_ANSWER_LENGTH:
        hint = "Revenez, et écrivez-la."
        raise BadRequest("answer-length", "Une réponse a de 1 à {most} signes.", hint, most=MAX_ANSWER_LENGTH)


def note_from_body(body: Body) -> TeamNote | None:
    text, who, when = (body.get(key) for key in ("text", "who", "when"))
    if not (is_text(text) and is_text(who) and isinstance(when, str) and _day(when[:10])):
        return None
    return TeamNote(str(text), str(who), when)


def withdrawal_from_record(record: Record) -> Withdrawal | None:
    """The withdrawal of a record `withdrawal:{id}`."""
    id = record.id.removeprefix("withdrawal:")
    secret, day = record.body.get("secret"), _day(record.body.get("day"))
    return Withdrawal(id, str(secret), day) if is_submission_id(id) and is_text(secret) and day else None


def attachment_size(body: Body) -> int | None:
    """Bytes of an attachment, of a record `file:{digest}`."""
    size = body.get("bytes")
    return size if type(size) is int and 1 <= size <= MAX_ATTACHMENT_BYTES else None


def piece_data(body: Body) -> bytes | None:
    """The bytes of a record `piece:{digest}:{n}`."""
    data = body.get("data")
    try:
        return base64.b64decode(data, validate=True) if isinstance(data, str) else None
    except (binascii.Error, ValueError):
        return None


def is_text(value: Any) -> bool:
    """True for a string that can be written as UTF-8: half of a surrogate pair cannot."""
    try:
        return isinstance(value, str) and value.encode() is not None
    except UnicodeEncodeError:
        return False


def _day(value: Any) -> str:
    """A day `YYYY-MM-DD`, "" for anything else."""
    return value if isinstance(value, str) and len(value) == 10 and day_of(value) else ""
