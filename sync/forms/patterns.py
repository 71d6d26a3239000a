"""Regular expressions that mean the same to Python's `re` and to JavaScript's `u` patterns, and that cannot run away.

`common_pattern` rewrites what an XLSForm holds; what has no common meaning is refused.
"""

from __future__ import annotations

import re

from sync.forms.lexer import BadExpression

LONGEST = 500
LARGEST_COUNT = 1000

_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": r" \t\n\r\f\v"}
_CONTROLS = "tnrfv"
_ANY = r"[^\n\r\u2028\u2029]"
_END = r"(?![\s\S])"
_SPECIAL = "\\^$.*+?()[]{}|/"
_COUNT = re.compile(r"\{(\d{1,4})(,(\d{1,4})?)?\}")


def common_pattern(text: str, at: int = 0) -> str:
    """The pattern rewritten. Raises BadExpression at `at` for anything outside the common subset."""
    if len(text) > LONGEST:
        raise BadExpression(at, "pattern-long", "Ce motif est trop long : {most} signes au plus.", most=LONGEST)
    return _Pattern(text, at).whole()


def matches(pattern: str, value: str) -> bool:
    """Whether the whole value matches a rewritten pattern."""
    return re.fullmatch(pattern, value) is not None


class _Pattern:
    def __init__(self, text: str, at: int) -> None:
        self._text = text
        self._at = at
        self._next = 0
        self._depth = 0
        self._anchored = True

    def whole(self) -> str:
        pattern, _ = self._alternatives()
        if self._next < len(self._text):
            raise self._refused(")")
        if not self._anchored:
            raise BadExpression(
                self._at,
                "pattern-open",
                "Le motif « {pattern} » ne dit pas s’il vaut pour tout le texte.",
                "Commencez-le par ^ et finissez-le par $ : sans eux, les programmes ne le lisent pas tous pareil.",
                pattern=self._text,
            )
        return pattern

    def _refused(self, sign: str, hint: str = "") -> BadExpression:
        return BadExpression(
            self._at,
            "pattern-sign",
            "Dans le motif « {pattern} », « {sign} » n’est pas pris en charge.",
            hint or "Écrivez un motif plus simple, par exemple [0-9]{{8}}.",
            pattern=self._text,
            sign=sign,
        )

    def _peek(self) -> str:
        return self._text[self._next : self._next + 1]

    def _take(self) -> str:
        sign = self._peek()
        self._next += 1
        return sign

    def _alternatives(self) -> tuple[str, bool]:
        """The pattern up to a closing bracket, and whether repeating it without end could run away."""
        parts = [self._sequence()]
        while self._peek() == "|":
            self._take()
            parts.append(self._sequence())
        return "|".join(pattern for pattern, _ in parts), len(parts) > 1 or any(risky for _, risky in parts)

    def _sequence(self) -> tuple[str, bool]:
        found: list[str] = []
        anchors: list[str] = []
        last = ""
        risky = False
        while self._peek() not in ("", "|", ")"):
            atom, inner = self._atom()
            count, endless, varies = self._count()
            if count and atom in ("^", _END):
                raise self._refused(count)
            anchors = anchors or [atom]
            last = atom
            if endless and inner:
                raise self._refused(atom + count, "Une répétition dans une répétition peut bloquer le téléphone.")
            found.append(atom + count)
            risky = risky or inner or varies
        if not self._depth:
            self._anchored = self._anchored and anchors == ["^"] and last == _END
        return "".join(found), risky

    def _count(self) -> tuple[str, bool, bool]:
        """A quantifier, whether it has no end, whether its length varies."""
        sign = self._peek()
        if sign in ("*", "+", "?") and sign:
            self._take()
            self._no_second()
            return sign, sign != "?", True
        if sign != "{":
            return "", False, False
        match = _COUNT.match(self._text, self._next)
        if not match or int(match[1]) > LARGEST_COUNT or int(match[3] or 0) > LARGEST_COUNT:
            raise self._refused("{")
        if match[3] and int(match[3]) < int(match[1]):
            raise self._refused(match[0])
        self._next = match.end()
        self._no_second()
        return match[0], bool(match[2]) and int(match[3] or LARGEST_COUNT) > 20, bool(match[2])

    def _no_second(self) -> None:
        if self._peek() in ("*", "+", "?", "{") and self._peek():
            raise self._refused(self._peek(), "Un seul signe de répétition à la fois.")

    def _atom(self) -> tuple[str, bool]:
        sign = self._take()
        if sign == "(":
            return self._group()
        if sign == "[":
            return self._class(), False
        if sign == "\\":
            return self._escape(), False
        if sign == ".":
            return _ANY, False
        if sign in ("^", "$"):
            return sign if sign == "^" else _END, False
        if sign in ("*", "+", "?", "{", "}", "]"):
            raise self._refused(sign, "Pour le signe lui-même, mettez \\ devant.")
        return ("\\/" if sign == "/" else sign), False

    def _group(self) -> tuple[str, bool]:
        if self._text.startswith("?", self._next):
            if not self._text.startswith("?:", self._next):
                raise self._refused("(?")
            self._next += 2
        self._depth += 1
        inside, risky = self._alternatives()
        self._depth -= 1
        if self._take() != ")":
            raise self._refused("(", "Il manque une parenthèse fermante.")
        return f"(?:{inside})", risky

    def _escape(self) -> str:
        sign = self._take()
        if sign in _CLASSES and sign:
            return f"[{_CLASSES[sign]}]"
        if sign.lower() in _CLASSES and sign:
            return f"[^{_CLASSES[sign.lower()]}]"
        if sign in _CONTROLS and sign:
            return f"\\{sign}"
        if not sign or sign.isalnum():
            raise self._refused(f"\\{sign}")
        return f"\\{sign}" if sign in _SPECIAL else sign

    def _class(self) -> str:
        found = ["["]
        if self._peek() == "^":
            found.append(self._take())
        first = True
        while first or self._peek() != "]":
            first = False
            sign = self._take()
            if not sign:
                raise self._refused("[", "Il manque un crochet fermant.")
            found.append(self._in_class(sign))
        self._take()
        self._check_ranges("".join(found) + "]")
        return "".join(found) + "]"

    def _in_class(self, sign: str) -> str:
        if sign == "\\":
            escaped = self._take()
            if escaped in _CLASSES and escaped:
                return _CLASSES[escaped]
            if escaped in _CONTROLS and escaped:
                return f"\\{escaped}"
            if not escaped or escaped.isalnum():
                raise self._refused(f"\\{escaped}")
            return f"\\{escaped}" if escaped in "\\]^-[" else self._plain(escaped)
        return self._plain(sign)

    def _plain(self, sign: str) -> str:
        return f"\\{sign}" if sign in "[]^\\/" else sign

    def _check_ranges(self, made: str) -> None:
        """`[a-z]` is a range, `[-a]` and `[a-]` hold a hyphen; `[0-9-x]` is unclear and refused, as is a range that goes down."""
        if re.search(r"&&|\|\||~~|--", made):
            raise self._refused("--")
        inside = made[2:-1] if made.startswith("[^") else made[1:-1]
        if re.search(r"\S-\S-(?=.)", inside.replace("\\-", "")):
            raise self._refused("-", "Mettez le tiret en dernier : [0-9-].")
        try:
            re.compile(made)
        except re.error:
            raise self._refused(made) from None
