"""The subset of regular expressions that Python and JavaScript read alike, without exponential backtracking.

`portable_pattern` rewrites a pattern for Python's `re` and JavaScript's `u` flag, or refuses it.
Used by sync/forms/expressions.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sync.forms.lexer import BadExpression

MAX_LENGTH = 500
MAX_REPEAT = 1000

_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": r" \t\n\r\f\v"}
_CONTROL_ESCAPES = "tnrfv"
_ANY = r"[^\n\r\u2028\u2029]"
_END = r"(?![\s\S])"
_SPECIAL = "\\^$.*+?()[]{}|/"
_COUNT = re.compile(r"\{([0-9]{1,4})(,([0-9]{1,4})?)?\}")


@dataclass(frozen=True, slots=True)
class PortablePattern:
    """A rewritten pattern. `is_anchored`: every alternative was written between ^ and $."""

    text: str
    is_anchored: bool


def portable_pattern(text: str, position: int = 0) -> PortablePattern:
    """The rewritten pattern. Raises BadExpression at `position` for anything outside the subset."""
    if len(text) > MAX_LENGTH:
        raise BadExpression(
            position, "pattern-long", "Ce motif est trop long : {most} signes au plus.", most=MAX_LENGTH
        )
    return _PatternRewriter(text, position).rewrite()


def matches(pattern: str, value: str) -> bool:
    """True if the whole value matches a rewritten pattern."""
    return re.fullmatch(pattern, value) is not None


class _PatternRewriter:
    def __init__(self, text: str, at: int) -> None:
        self._text = text
        self._at = at
        self._position = 0
        self._depth = 0
        self._anchored = True

    def rewrite(self) -> PortablePattern:
        pattern, _ = self._alternatives()
        if self._position < len(self._text):
            raise self._error(")")
        return PortablePattern(pattern, self._anchored)

    def _error(self, sign: str, hint: str = "") -> BadExpression:
        return BadExpression(
            self._at,
            "pattern-sign",
            "Dans le motif « {pattern} », « {sign} » n’est pas pris en charge.",
            hint or "Écrivez un motif plus simple, par exemple [0-9]{{8}}.",
            pattern=self._text,
            sign=sign,
        )

    def _peek(self) -> str:
        return self._text[self._position : self._position + 1]

    def _advance(self) -> str:
        sign = self._peek()
        self._position += 1
        return sign

    def _alternatives(self) -> tuple[str, bool]:
        """The pattern up to a closing bracket; True if an unbounded repetition of it could backtrack exponentially."""
        parts = [self._sequence()]
        while self._peek() == "|":
            self._advance()
            parts.append(self._sequence())
        return "|".join(pattern for pattern, _ in parts), len(parts) > 1 or any(risky for _, risky in parts)

    def _sequence(self) -> tuple[str, bool]:
        parts: list[str] = []
        anchors: list[str] = []
        last = ""
        is_risky = False
        while self._peek() not in ("", "|", ")"):
            atom, is_atom_risky = self._atom()
            count, is_unbounded, is_variable = self._quantifier()
            if count and atom in ("^", _END):
                raise self._error(count)
            anchors = anchors or [atom]
            last = atom
            if is_unbounded and is_atom_risky:
                raise self._error(atom + count, "Une répétition dans une répétition peut bloquer le téléphone.")
            parts.append(atom + count)
            is_risky = is_risky or is_atom_risky or is_variable
        if not self._depth:
            self._anchored = self._anchored and anchors == ["^"] and last == _END
        return "".join(parts), is_risky

    def _quantifier(self) -> tuple[str, bool, bool]:
        """A quantifier; True if it is unbounded; True if its length varies."""
        sign = self._peek()
        if sign in ("*", "+", "?") and sign:
            self._advance()
            self._reject_second_quantifier()
            return sign, sign != "?", True
        if sign != "{":
            return "", False, False
        match = _COUNT.match(self._text, self._position)
        if not match or int(match[1]) > MAX_REPEAT or int(match[3] or 0) > MAX_REPEAT:
            raise self._error("{")
        if match[3] and int(match[3]) < int(match[1]):
            raise self._error(match[0])
        self._position = match.end()
        self._reject_second_quantifier()
        return match[0], bool(match[2]) and int(match[3] or MAX_REPEAT) > 20, bool(match[2])

    def _reject_second_quantifier(self) -> None:
        if self._peek() in ("*", "+", "?", "{") and self._peek():
            raise self._error(self._peek(), "Un seul signe de répétition à la fois.")

    def _atom(self) -> tuple[str, bool]:
        sign = self._advance()
        if sign == "(":
            return self._group()
        if sign == "[":
            return self._character_class(), False
        if sign == "\\":
            return self._escape(), False
        if sign == ".":
            return _ANY, False
        if sign in ("^", "$"):
            return sign if sign == "^" else _END, False
        if sign in ("*", "+", "?", "{", "}", "]"):
            raise self._error(sign, "Pour le signe lui-même, mettez \\ devant.")
        return ("\\/" if sign == "/" else sign), False

    def _group(self) -> tuple[str, bool]:
        if self._text.startswith("?", self._position):
            if not self._text.startswith("?:", self._position):
                raise self._error("(?")
            self._position += 2
        self._depth += 1
        pattern, is_risky = self._alternatives()
        self._depth -= 1
        if self._advance() != ")":
            raise self._error("(", "Il manque une parenthèse fermante.")
        return f"(?:{pattern})", is_risky

    def _escape(self) -> str:
        sign = self._advance()
        if sign in _CLASSES and sign:
            return f"[{_CLASSES[sign]}]"
        if sign.lower() in _CLASSES and sign:
            return f"[^{_CLASSES[sign.lower()]}]"
        if sign in _CONTROL_ESCAPES and sign:
            return f"\\{sign}"
        if not sign or sign.isalnum():
            raise self._error(f"\\{sign}")
        return f"\\{sign}" if sign in _SPECIAL else sign

    def _character_class(self) -> str:
        parts = ["["]
        if self._peek() == "^":
            parts.append(self._advance())
        is_first = True
        while is_first or self._peek() != "]":
            is_first = False
            sign = self._advance()
            if not sign:
                raise self._error("[", "Il manque un crochet fermant.")
            parts.append(self._class_member(sign))
        self._advance()
        self._check_ranges("".join(parts) + "]")
        return "".join(parts) + "]"

    def _class_member(self, sign: str) -> str:
        if sign == "\\":
            escaped = self._advance()
            if escaped in _CLASSES and escaped:
                return _CLASSES[escaped]
            if escaped in _CONTROL_ESCAPES and escaped:
                return f"\\{escaped}"
            if not escaped or escaped.isalnum():
                raise self._error(f"\\{escaped}")
            return f"\\{escaped}" if escaped in "\\]^-[" else self._escape_in_class(escaped)
        return self._escape_in_class(sign)

    def _escape_in_class(self, sign: str) -> str:
        return f"\\{sign}" if sign in "[]^\\/" else sign

    def _check_ranges(self, class_text: str) -> None:
        """Refuse unclear classes, like `[0-9-x]`, and descending ranges. `[-a]` and `[a-]` contain a hyphen."""
        if re.search(r"&&|\|\||~~|--", class_text):
            raise self._error("--")
        members = class_text[2:-1] if class_text.startswith("[^") else class_text[1:-1]
        if re.search(r"\S-\S-(?=.)", members.replace("\\-", "")):
            raise self._error("-", "Mettez le tiret en dernier : [0-9-].")
        try:
            re.compile(class_text)
        except re.error:
            raise self._error(class_text) from None
