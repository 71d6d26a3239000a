"""Every error that leaves `sync` or `server` is one of these.

    KunnafoniError                 code, sentence, hint
    ├── Refused                    the caller's input is not acceptable; the sentence says why
    │   ├── BadContent             a content file; also path and line
    │   ├── BadFolder              a content folder: the BadContent of all its files
    │   ├── BadRequest             a malformed value in a request
    │   │   └── TooLarge           a request over a size limit
    │   ├── NotFound               the requested thing does not exist here
    │   └── Gone                   the requested thing existed and has been removed
    ├── NotProven                  bytes that do not match a digest, a signature or an order
    ├── Conflict                   another writer was first
    └── Unavailable                a store, disk or network does not respond; try again later

`code` is stable ASCII that tests and programs read. `sentence` and `hint` are French gettext msgids with `{name}`
placeholders: translate the msgid first, then fill the placeholders with `values`. Errors are raised where they are
detected and answered at the edge (`server/web/errors.py`, `server/commands/cli.py`); exceptions of lower layers are
translated before they reach a caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sync.placeholders import fill


class KunnafoniError(Exception):
    """An error that may be shown to a person."""

    def __init__(self, code: str, sentence: str, hint: str = "", **values: Any) -> None:
        self.code = code
        self.sentence = sentence
        self.hint = hint
        self.values = values
        super().__init__(code)

    def text(self, translate: Any = lambda msgid: msgid) -> str:
        """The sentence and hint, translated by `translate(msgid)`, with placeholders filled."""
        return " ".join(part for part in self.translate(translate) if part)

    def translate(self, language: Any, **values: Any) -> tuple[str, str]:
        """The sentence and the hint ("" without one), translated and filled; `values` win over the error's own."""
        sentence, hint = (language(part) if part else "" for part in (self.sentence, self.hint))
        return fill(sentence, self.values | values), fill(hint, self.values | values)

    def __str__(self) -> str:
        return f"{self.code}: {self.text()}"


class Refused(KunnafoniError):
    pass


class BadContent(Refused):
    """A content file that is not acceptable.

    `path` is relative to the content folder; `line` counts from 1, 0 means the whole file.
    """

    def __init__(self, path: str, line: int, code: str, sentence: str, hint: str = "", **values: Any) -> None:
        super().__init__(code, sentence, hint, **values)
        self.path = path
        self.line = line

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text()}"


class BadFolder(Refused):
    """A content folder that is not acceptable. `errors`: all errors, by path and line. Nothing was imported."""

    def __init__(self, errors: Sequence[BadContent]) -> None:
        self.errors = tuple(sorted(errors, key=lambda error: (error.path, error.line, error.code)))
        super().__init__("bad-folder", "Le contenu a {count} erreur(s) : rien n’a été pris.", count=len(self.errors))

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *map(str, self.errors)])


class BadRequest(Refused):
    pass


class TooLarge(BadRequest):
    pass


class NotFound(Refused):
    pass


class Gone(Refused):
    pass


class NotProven(KunnafoniError):
    pass


class Conflict(KunnafoniError):
    pass


class Unavailable(KunnafoniError):
    pass
