"""Regular expressions that mean the same to Python's `re` and to JavaScript's `u` patterns, and that cannot run away.

`common_pattern` rewrites what an XLSForm holds; what has no common meaning is refused.
"""

from __future__ import annotations

import re

from sync.forms.lexer import BadExpression

MAX_LENGTH = 500
MAX_REPEAT = 1000

_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": r" \t\n\r\f\v"}
_CONTROL_ESCAPES = "tnrfv"
_ANY = r"[^\n\r\u2028\u2029]"
_END = r"(?![\s\S])"
_SPECIAL = "\\^$.*+?()[]{}|/"
_COUNT = re.compile(r"\{(\d{1,4})(,(\d{1,4})?)?\}")


def portable_pattern(text: str, position: int = 0) -> str:
    """The pattern rewritten. Raises BadExpression at `at` for anything outside the common subset."""
    if len(text) > MAX_LENGTH:
        raise BadExpression(
            position, "pattern-long", "Ce motif est trop long : {most} signes au plus.", most=MAX_LENGTH
        )
    return _PatternRewriter(text, position).rewrite()


def matches(pattern: str, value: str) -> bool:
    """Whether the whole value matches a rewritten pattern."""
    return re.fullmatch(pattern, value) is not None


class _PatternRewriter:
    def __init__(self, text: str, at: int) -> None:
        self._text = text
        self._at = at
        self._position = 0
        self._depth = 0
        self._anchored = True

    def rewrite(self) -> str:
        pattern, _ = self._alternatives()
        if self._position < len(self._text):
            raise self._error(")")
        if not self._anchored:
            raise BadExpression(
                self._at,
                "pattern-open",
                "Le motif « {pattern} » ne dit pas s’il vaut pour tout le texte.",
                "Commencez-le par ^ et finissez-le par $ : sans eux, les programmes ne le lisent pas tous pareil.",
                pattern=self._text,
            )
        return pattern

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
        """The pattern up to a closing bracket, and whether repeating it without end could run away."""
        parts = [self._sequence()]
        while self._peek() == "|":
            self._advance()
            parts.append(self._sequence())
        return "|".join(pattern for pattern, _ in parts), len(parts) > 1 or any(risky for _, risky in parts)

    def _sequence(self) -> tuple[str, bool]:
        found: list[str] = []
        anchors: list[str] = []
        last = ""
        risky = False
        while self._peek() not in ("", "|", ")"):
            atom, inner = self._atom()
            count, endless, varies = self._quantifier()
            if count and atom in ("^", _END):
                raise self._error(count)
            anchors = anchors or [atom]
            last = atom
            if endless and inner:
                raise self._error(atom + count, "Une répétition dans une répétition peut bloquer le téléphone.")
            found.append(atom + count)
            risky = risky or inner or varies
        if not self._depth:
            self._anchored = self._anchored and anchors == ["^"] and last == _END
        return "".join(found), risky

    def _quantifier(self) -> tuple[str, bool, bool]:
        """A quantifier, whether it has no end, whether its length varies."""
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
        inside, risky = self._alternatives()
        self._depth -= 1
        if self._advance() != ")":
            raise self._error("(", "Il manque une parenthèse fermante.")
        return f"(?:{inside})", risky

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
        found = ["["]
        if self._peek() == "^":
            found.append(self._advance())
        first = True
        while first or self._peek() != "]":
            first = False
            sign = self._advance()
            if not sign:
                raise self._error("[", "Il manque un crochet fermant.")
            found.append(self._class_member(sign))
        self._advance()
        self._check_ranges("".join(found) + "]")
        return "".join(found) + "]"

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

    def _check_ranges(self, made: str) -> None:
        """`[a-z]` is a range, `[-a]` and `[a-]` hold a hyphen; `[0-9-x]` is unclear and refused, as is a range that goes down."""
        if re.search(r"&&|\|\||~~|--", made):
            raise self._error("--")
        inside = made[2:-1] if made.startswith("[^") else made[1:-1]
        if re.search(r"\S-\S-(?=.)", inside.replace("\\-", "")):
            raise self._error("-", "Mettez le tiret en dernier : [0-9-].")
        try:
            re.compile(made)
        except re.error:
            raise self._error(made) from None
