"""Decisions bound to what was seen: a form carries a digest of what stood on its page, and that text.

Templates write it with `seen(page_state.token)` of forms.html, or in the `fields` of a button. The action compares it
with the record that it is about to change; `access.handle_request` answers ChangedMeanwhile with both texts side by
side. A test walks the table of routes: each address that takes a form is bound so, or it decides nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.console.context import ConsoleContext
from sync.canonical import base64url_decode, base64url_encode, canonical, digest
from sync.errors import Conflict
from sync.locale import N_

FIELD = "seen"
MAX_TEXT_BYTES = 1024 * 1024  # of the text that a form brings back; longer ones are shown as missing
SHORT_DIGEST = 12  # characters of a digest in the journal


@dataclass(frozen=True, slots=True)
class PageState:
    """The part of a page about one thing. `digest`: of its values; `text`: as a person reads it."""

    digest: str
    text: str

    @property
    def token(self) -> str:
        """The value of the form's field: the digest, and the packed text for the page that shows both sides."""
        return f"{self.digest}.{base64url_encode(zlib.compress(self.text.encode(), 9))}"

    @property
    def short_digest(self) -> str:
        """The digest's start, for the journal."""
        return self.digest[:SHORT_DIGEST]


class ChangedMeanwhile(Conflict):
    """Raised when the page showed something else than what stands there now; nothing was done.

    `seen`, `current`: both texts. `back`: the page, under /console. `typed`: what the person wrote in the form, by
    msgid of the field's label.
    """

    def __init__(self, seen: str, current: str, back: str, typed: Mapping[str, str] | None = None) -> None:
        super().__init__(
            "changed-meanwhile",
            "Ce que vous avez vu a changé depuis. Rien n’a été fait.",
            "Relisez la page, puis décidez de nouveau.",
        )
        self.seen = seen
        self.current = current
        self.back = back
        self.typed = {label: text for label, text in (typed or {}).items() if text}


class OriginalChanged(ChangedMeanwhile):
    """Raised when a translation was made beside another text of its original than today's; nothing was saved."""

    def __init__(self, seen: str, current: str, back: str, typed: Mapping[str, str]) -> None:
        super().__init__(seen, current, back, typed)
        self.code = "original-changed"
        self.sentence = N_("L’original a changé pendant que vous traduisiez. Rien n’est enregistré.")
        self.hint = N_("Ouvrez la page : le nouvel original y est. Reprenez-y vos mots, qui sont ci-dessous.")


def make_page_state(values: Any, lines: Sequence[tuple[str, object]], text: str = "") -> PageState:
    """The state of a page: `values` as JSON for the digest; labelled lines and a text are what a person sees."""
    parts = [*(f"{label} : {value}" for label, value in lines), *([text] if text else [])]
    return PageState(digest(canonical(values)), "\n".join(parts))


def has_seen(context: ConsoleContext, digest: str) -> bool:
    """True if the posted form was made from what has this digest."""
    return context.text(FIELD).partition(".")[0] == digest


def require_seen(
    context: ConsoleContext, page_state: PageState, back: str, typed: Mapping[str, str] | None = None
) -> None:
    """Raises ChangedMeanwhile unless the posted form was made from this state. `back`, `typed`: as of the error."""
    if not has_seen(context, page_state.digest):
        raise ChangedMeanwhile(seen_text(context), page_state.text, back, typed)


def seen_text(context: ConsoleContext) -> str:
    """The text that stood on the form's page; "" if the form brought none that can be read."""
    packed = context.text(FIELD).partition(".")[2]
    decompressor = zlib.decompressobj()
    try:
        text = decompressor.decompress(base64url_decode(packed), MAX_TEXT_BYTES).decode() if packed else ""
    except (ValueError, zlib.error):
        return ""
    return text if decompressor.eof else ""


def gone_meanwhile(context: ConsoleContext, sentence: str, back: str) -> ChangedMeanwhile:
    """The error for a decision about something that is no longer there; `sentence` stands in its place."""
    return ChangedMeanwhile(seen_text(context), sentence, back)
