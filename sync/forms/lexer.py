"""The lexer of XLSForm expressions. It applies XPath's rule on when `and`, `div`, `*` … are operators.

Used by sync/forms/expressions.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from sync.errors import Refused

MAX_LENGTH = 4000  # characters of one expression; far longer than a person can read

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)|\$\{\s*(?P<reference>[A-Za-z_][\w.-]*)\s*\}"
    r"|(?P<name>[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)|(?P<sign>\.\.|!=|<=|>=|[-+*=<>(),./@\[\]|$:]))",
    re.ASCII,
)
_WORD_OPERATORS = ("and", "or", "div", "mod")


class TokenKind(Enum):
    TEXT = auto()
    NUMBER = auto()
    REFERENCE = auto()
    NAME = auto()
    SYMBOL = auto()
    OPERATOR = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    kind: TokenKind
    text: str
    position: int


_LAST_SAVED = "${last-saved#"


class BadExpression(Refused):
    """The expression is not understood. `position` counts characters from 1; 0 means the whole expression."""

    def __init__(self, position: int, code: str, sentence: str, hint: str = "", **values: object) -> None:
        super().__init__(code, sentence, hint, **values)
        self.position = position


def tokenize(text: str) -> list[Token]:
    """The tokens of an expression, END last. Raises BadExpression position the first character that begins no token."""
    if len(text) > MAX_LENGTH:
        raise BadExpression(
            0, "expression-long", "Cette formule est trop longue : {most} signes au plus.", most=MAX_LENGTH
        )
    tokens: list[Token] = []
    position = 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if not match:
            start = position + len(text[position:]) - len(text[position:].lstrip())
            if text[start] in "'\"":
                raise BadExpression(
                    start + 1, "expression-quote", "Un guillemet n’est pas refermé.", "Fermez-le par le même signe."
                )
            if text.startswith(_LAST_SAVED, start - 1):
                raise BadExpression(
                    start,
                    "expression-last-saved",
                    "Une fiche ne lit pas celle d’avant : « ${{last-saved#…}} » n’est pas pris en charge.",
                    "Écrivez la valeur de départ dans la colonne default.",
                )
            raise BadExpression(
                start + 1,
                "expression-sign",
                "« {sign} » n’a pas sa place dans une formule.",
                "Entourez un texte de guillemets droits : 'oui'.",
                sign=text[start],
            )
        group = str(match.lastgroup)
        start = match.start(group) - (2 if group == "reference" else 0)
        tokens.append(_make_token(group, match[group], start + 1, tokens))
        position = match.end()
    tokens.append(Token(TokenKind.END, "", end + 1))
    return tokens


def _make_token(group: str, text: str, position: int, preceding: list[Token]) -> Token:
    operand_before = bool(preceding) and (
        preceding[-1].kind in (TokenKind.TEXT, TokenKind.NUMBER, TokenKind.REFERENCE, TokenKind.NAME)
        or (preceding[-1].kind is TokenKind.SYMBOL and preceding[-1].text in (")", ".", "..", "]"))
    )
    if group == "text":
        return Token(TokenKind.TEXT, text[1:-1], position)
    if group == "name":
        return Token(
            TokenKind.OPERATOR if operand_before and text in _WORD_OPERATORS else TokenKind.NAME, text, position
        )
    if group == "sign":
        operators = ("+", "-", "=", "!=", "<", "<=", ">", ">=", *(("*",) if operand_before else ()))
        return Token(TokenKind.OPERATOR if text in operators else TokenKind.SYMBOL, text, position)
    return Token(TokenKind.NUMBER if group == "number" else TokenKind.REFERENCE, text, position)
