"""The parser of XLSForm expressions: from text to small JSON arrays (PROTOCOL.md, section 8).

Used when a form is compiled; sync/forms/evaluation.py evaluates the arrays, as does its twin on the phone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sync.canonical import LARGEST_INTEGER
from sync.forms.expression_functions import ALTERNATIVES, ARITIES, REFERENCE_FUNCTIONS
from sync.forms.lexer import BadExpression, Token, TokenKind, tokenize
from sync.forms.regex_subset import portable_pattern

Expression: TypeAlias = Any
"""A string, an integer, or an array: `["$", "age"]`, `["<=", ["."], 12]`."""

MAX_POWER = 32
MAX_DEPTH = 40  # nested brackets; evaluators on all phones have the stack for it


_PRECEDENCE = {
    "or": 1,
    "and": 2,
    "=": 3,
    "!=": 3,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "div": 6,
    "mod": 6,
}
_NEGATION_PRECEDENCE = 7
_PATH_SIGNS = ("/", "..", "@", "[", "]", "|", "*")
_DATE_PATTERN = re.compile(r"(?:%[YymndeHhMS]|%%|[^%])*")


@dataclass(frozen=True, slots=True)
class ExpressionContext:
    """Names that an expression may use at its place in the form.

    `columns`: those of the choices, in a filter. `repeats`: for `indexed-repeat`. `lists`: the list of each select by
    the question's name, for `jr:choice-name`; None in a form of several languages. `tables`: the columns of each list
    by its name, for `instance`.
    `notices`: takes what the author is told of an accepted expression.
    """

    columns: Collection[str] = ()
    allows_now: bool = False
    repeats: Collection[str] = ()
    lists: dict[str, str] | None = None
    tables: Mapping[str, Collection[str]] = field(default_factory=dict)
    notices: list[BadExpression] | None = None

    def tell(self, notice: BadExpression) -> None:
        if self.notices is not None:
            self.notices.append(notice)


def parse_expression(text: str, context: ExpressionContext | None = None) -> Expression:
    """The compiled expression. Raises BadExpression with the position and a hint."""
    return _ExpressionParser(tokenize(text), context or ExpressionContext()).parse()


def references(expression: Expression) -> Iterator[str]:
    """Names of the questions that an expression reads."""
    if isinstance(expression, list):
        if expression[0] == "$":
            yield expression[1]
        else:
            for part in expression[1:]:
                yield from references(part)


class _ExpressionParser:
    """Precedence climbing over the operators of XPath 1.0."""

    def __init__(self, tokens: list[Token], context: ExpressionContext) -> None:
        self._tokens = tokens
        self._position_in_tokens = 0
        self._context = context
        self._depth = 0

    def parse(self) -> Expression:
        if self._peek().kind is TokenKind.END:
            raise BadExpression(1, "expression-empty", "La formule est vide.")
        expression = self._expression(0)
        if self._peek().kind is not TokenKind.END:
            raise self._unexpected(self._peek())
        return expression

    def _peek(self) -> Token:
        return self._tokens[self._position_in_tokens]

    def _advance(self) -> Token:
        token = self._tokens[self._position_in_tokens]
        self._position_in_tokens += token.kind is not TokenKind.END
        return token

    def _expression(self, min_precedence: int) -> Expression:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise BadExpression(
                self._peek().position,
                "expression-deep",
                "Cette formule a trop de parenthèses les unes dans les autres.",
            )
        left = self._operand()
        while self._peek().kind is TokenKind.OPERATOR and _PRECEDENCE[self._peek().text] > min_precedence:
            sign = self._advance().text
            left = [sign, left, self._expression(_PRECEDENCE[sign])]
        self._depth -= 1
        return left

    def _operand(self) -> Expression:
        token = self._advance()
        if token.kind is TokenKind.TEXT:
            return token.text
        if token.kind is TokenKind.NUMBER:
            return _number(token)
        if token.kind is TokenKind.REFERENCE:
            return ["$", token.text]
        if token.kind is TokenKind.OPERATOR and token.text == "-":
            return ["neg", self._expression(_NEGATION_PRECEDENCE)]
        if token.kind is TokenKind.NAME:
            return (
                self._call(token)
                if self._peek().text == "(" and self._peek().kind is TokenKind.SYMBOL
                else self._column(token)
            )
        if token.kind is TokenKind.SYMBOL and token.text == "(":
            inside = self._expression(0)
            self._expect_closing()
            return inside
        if token.kind is TokenKind.SYMBOL and token.text == ".":
            return ["."]
        raise self._unexpected(token)

    def _expect_closing(self) -> None:
        token = self._advance()
        if token.text in _PATH_SIGNS:
            raise self._unexpected(token)
        if token.kind is not TokenKind.SYMBOL or token.text != ")":
            raise BadExpression(token.position, "expression-bracket", "Il manque une parenthèse fermante.")

    def _column(self, token: Token) -> Expression:
        if token.text in self._context.columns:
            return ["@", token.text]
        if self._context.columns:
            self._context.tell(
                BadExpression(
                    token.position,
                    "column-unknown",
                    "Aucun choix n’a de colonne « {name} » : elle se lit vide.",
                    "Pour une question, écrivez ${{{name}}}.",
                    name=token.text,
                )
            )
            return ""
        raise BadExpression(
            token.position,
            "expression-name",
            "« {name} » n’est pas compris ici.",
            "Pour une question, écrivez ${{{name}}} ; pour un texte, '{name}'.",
            name=token.text,
        )

    def _call(self, token: Token) -> Expression:
        name = token.text
        if name == "instance":
            return self._lookup(token)
        fewest, most = ARITIES.get(name, (0, 0))
        if name not in ARITIES or (name == "now" and not self._context.allows_now):
            raise BadExpression(
                token.position,
                "function-unknown",
                "La fonction {name}() n’est pas prise en charge.",
                ALTERNATIVES.get(name, "Fonctions admises : {known}."),
                name=name,
                known=", ".join(sorted(ARITIES)),
            )
        self._advance()
        if name == "position":
            return self._position(token)
        arguments = self._arguments()
        if not fewest <= len(arguments) <= most:
            raise BadExpression(
                token.position,
                "function-arguments",
                "La fonction {name}() a {count} valeurs : il en faut de {fewest} à {most}.",
                name=name,
                count=len(arguments),
                fewest=fewest,
                most=most,
            )
        return self._validate_call(token, arguments)

    def _arguments(self) -> list[Expression]:
        arguments: list[Expression] = []
        if self._peek().text == ")" and self._peek().kind is TokenKind.SYMBOL:
            self._advance()
            return arguments
        while True:
            arguments.append(self._expression(0))
            if not (self._peek().kind is TokenKind.SYMBOL and self._peek().text == ","):
                self._expect_closing()
                return arguments
            self._advance()

    def _position(self, token: Token) -> Expression:
        inside, after = self._advance(), self._advance()
        if inside.text != ".." or after.text != ")":
            raise BadExpression(
                token.position,
                "function-arguments",
                "position() ne connaît que l’instance où elle se trouve.",
                ALTERNATIVES["position"],
            )
        return ["position"]

    def _validate_call(self, token: Token, arguments: list[Expression]) -> Expression:
        """The compiled call. Raises BadExpression if an argument breaks a rule of the function."""
        name = token.text
        if name in REFERENCE_FUNCTIONS and not _is_reference(arguments[0]):
            raise BadExpression(
                token.position, "function-list", "{name}() attend une question : {name}(${{question}}).", name=name
            )
        if name == "regex":
            literal = _literal(token, arguments[1])
            pattern = portable_pattern(literal, token.position)
            if not pattern.is_anchored:
                self._context.tell(
                    BadExpression(
                        token.position,
                        "pattern-open",
                        "Le motif « {pattern} » vaut pour tout le texte, comme entre ^ et $.",
                        pattern=literal,
                    )
                )
            arguments[1] = pattern.text
        if name in ("format-date", "format-date-time") and not _DATE_PATTERN.fullmatch(_literal(token, arguments[1])):
            raise BadExpression(
                token.position,
                "date-pattern",
                "{name}() : « {pattern} » n’est pas pris en charge.",
                "Signes admis : %Y %y %m %n %d %e %H %h %M %S.",
                name=name,
                pattern=arguments[1],
            )
        if name == "pow" and not (type(arguments[1]) is int and 0 <= arguments[1] <= MAX_POWER):
            raise BadExpression(
                token.position,
                "function-power",
                "pow() : la puissance est un nombre entier écrit, de 0 à {most}.",
                most=MAX_POWER,
            )
        if name == "indexed-repeat":
            return self._indexed_repeat(token, arguments)
        if name == "jr:choice-name":
            return self._choice_label(token, arguments)
        return [name, *arguments]

    def _indexed_repeat(self, token: Token, arguments: list[Expression]) -> Expression:
        if not (
            _is_reference(arguments[0]) and _is_reference(arguments[1]) and arguments[1][1] in self._context.repeats
        ):
            raise BadExpression(
                token.position,
                "function-arguments",
                "indexed-repeat() n’a pas la bonne forme.",
                ALTERNATIVES["indexed-repeat"],
            )
        return ["at", arguments[0], arguments[2]]

    def _choice_label(self, token: Token, arguments: list[Expression]) -> Expression:
        if self._context.lists is None:
            raise BadExpression(
                token.position,
                "function-arguments",
                "Dans un formulaire en plusieurs langues, jr:choice-name() n’a pas un seul résultat.",
                "Prenez le nom du choix : ${{question}} = 'oui'.",
            )
        reference = (
            re.fullmatch(r"\s*\$\{\s*([\w.-]+)\s*\}\s*", arguments[1]) if isinstance(arguments[1], str) else None
        )
        list_name = self._context.lists.get(reference[1]) if reference else None
        if list_name is None:
            raise BadExpression(
                token.position,
                "function-arguments",
                "jr:choice-name() attend une question à choix.",
                "Forme admise : jr:choice-name(${{question}}, '${{question}}').",
            )
        return ["choice-label", arguments[0], list_name]

    def _lookup(self, token: Token) -> Expression:
        """`instance('list')/root/item[key = value]/column`, after its first word."""
        list_name = self._expect_all(token, "(", TokenKind.TEXT, ")", "/", "root", "/", "item", "[", TokenKind.NAME)
        key = self._tokens[self._position_in_tokens - 1].text
        self._expect_all(token, "=")
        value = self._expression(_PRECEDENCE["="])
        column = self._expect_all(token, "]", "/", TokenKind.NAME)
        if list_name not in self._context.tables:
            raise BadExpression(
                token.position,
                "list-unknown",
                "La liste « {name} » n’est pas dans la feuille choices.",
                name=list_name,
            )
        for name in (column, key):
            if name not in ("name", "label", *self._context.tables[list_name]):
                raise BadExpression(
                    token.position,
                    "list-column-unknown",
                    "La liste « {name} » n’a pas de colonne « {heading} ».",
                    name=list_name,
                    heading=name,
                )
        return ["lookup", list_name, column, key, value]

    def _expect_all(self, call: Token, *wanted: str | TokenKind) -> str:
        """Advance over these tokens, or raise; the text of the first one that was named by its kind."""
        texts = []
        for want in wanted:
            token = self._advance()
            if token.kind is not want and token.text != want:
                raise BadExpression(
                    call.position,
                    "function-arguments",
                    "instance() n’a pas la bonne forme.",
                    ALTERNATIVES["instance"],
                )
            if token.kind is want:
                texts.append(token.text)
        return texts[0] if texts else ""

    def _unexpected(self, token: Token) -> BadExpression:
        if token.kind is TokenKind.END:
            return BadExpression(token.position, "expression-end", "La formule s’arrête trop tôt.")
        if token.text in _PATH_SIGNS:
            return BadExpression(
                token.position,
                "expression-path",
                "Les chemins XPath (« {sign} ») ne sont pas pris en charge.",
                "Nommez la question : ${{question}}.",
                sign=token.text,
            )
        return BadExpression(token.position, "expression-sign", "« {sign} » n’a pas sa place ici.", sign=token.text)


def _number(token: Token) -> Expression:
    if token.text.isascii() and token.text.isdigit() and int(token.text) <= LARGEST_INTEGER:
        return int(token.text)
    whole, _, fraction = token.text.partition(".")
    if len(token.text) > 25:
        raise BadExpression(token.position, "expression-number", "Ce nombre a trop de chiffres.")
    fraction = fraction.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return ["#", f"{whole}.{fraction}"] if fraction else int(whole)


def _is_reference(expression: Expression) -> bool:
    return isinstance(expression, list) and expression[0] == "$"


def _literal(token: Token, argument: Expression) -> str:
    if not isinstance(argument, str):
        raise BadExpression(
            token.position, "function-literal", "{name}() attend un texte entre guillemets.", name=token.text
        )
    return argument
