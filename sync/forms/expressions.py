"""The parser of XLSForm expressions: from text to small JSON arrays (PROTOCOL.md, section 8).

Used when a form is compiled; sync/forms/evaluation.py evaluates the arrays, as does its twin on the phone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from sync.canonical import LARGEST_INTEGER
from sync.forms.lexer import BadExpression, Token, TokenKind, tokenize
from sync.forms.regex_subset import portable_pattern

Expression: TypeAlias = Any
"""A string, an integer, or an array: `["$", "age"]`, `["<=", ["."], 12]`."""

MAX_POWER = 32
MAX_DEPTH = 40  # nested brackets; evaluators on all phones have the stack for it

# name -> (minimum, maximum number of arguments)
ARITIES: dict[str, tuple[int, int]] = {
    "if": (3, 3),
    "coalesce": (2, 2),
    "true": (0, 0),
    "false": (0, 0),
    "not": (1, 1),
    "boolean": (1, 1),
    "boolean-from-string": (1, 1),
    "selected": (2, 2),
    "count-selected": (1, 1),
    "selected-at": (2, 2),
    "string": (1, 1),
    "concat": (1, 40),
    "join": (2, 40),
    "string-length": (1, 1),
    "substr": (2, 3),
    "substring-before": (2, 2),
    "substring-after": (2, 2),
    "contains": (2, 2),
    "starts-with": (2, 2),
    "ends-with": (2, 2),
    "translate": (3, 3),
    "normalize-space": (1, 1),
    "regex": (2, 2),
    "number": (1, 1),
    "int": (1, 1),
    "round": (1, 2),
    "floor": (1, 1),
    "ceiling": (1, 1),
    "abs": (1, 1),
    "sqrt": (1, 1),
    "pow": (2, 2),
    "sum": (1, 1),
    "count": (1, 1),
    "count-non-empty": (1, 1),
    "min": (1, 40),
    "max": (1, 40),
    "today": (0, 0),
    "now": (0, 0),
    "date": (1, 1),
    "decimal-date-time": (1, 1),
    "decimal-time": (1, 1),
    "format-date": (2, 2),
    "format-date-time": (2, 2),
    "position": (1, 1),
    "indexed-repeat": (3, 3),
    "jr:choice-name": (2, 2),
}
REFERENCE_FUNCTIONS = ("sum", "count", "count-non-empty")  # their argument is a reference
ALTERNATIVES = {
    "now": "now() ne sert que de valeur de départ (colonne default). Ailleurs, prenez today().",
    "random": "Ce résultat changerait à chaque calcul, et personne ne pourrait le vérifier.",
    "uuid": "Chaque envoi a déjà son propre identifiant.",
    "once": "Écrivez la formule dans la colonne default : elle n’est calculée qu’une fois.",
    "pulldata": "Mettez les valeurs dans la feuille choices, et filtrez-les avec choice_filter.",
    "instance": "Mettez les valeurs dans la feuille choices, et filtrez-les avec choice_filter.",
    "indexed-repeat": "Forme admise : indexed-repeat(${{question}}, ${{répétition}}, numéro).",
    "position": "Forme admise : position(..).",
}

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
_DATE_PATTERN = re.compile(r"(?:%[YymndeHhMS]|%%|[^%])*")


@dataclass(frozen=True, slots=True)
class ExpressionContext:
    """Names that an expression may use at its place in the form.

    `columns`: those of the choices, in a filter. `repeats`: for `indexed-repeat`. `lists`: the list of each select by
    the question's name, for `jr:choice-name`.
    """

    columns: Collection[str] = ()
    allows_now: bool = False
    repeats: Collection[str] = ()
    lists: dict[str, str] | None = None


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
        if token.kind is not TokenKind.SYMBOL or token.text != ")":
            raise BadExpression(token.position, "expression-bracket", "Il manque une parenthèse fermante.")

    def _column(self, token: Token) -> Expression:
        if token.text in self._context.columns:
            return ["@", token.text]
        if self._context.columns:
            raise BadExpression(
                token.position,
                "column-unknown",
                "Les choix n’ont pas de colonne « {name} ».",
                "Pour une question, écrivez ${{{name}}}.",
                name=token.text,
            )
        raise BadExpression(
            token.position,
            "expression-name",
            "« {name} » n’est pas compris ici.",
            "Pour une question, écrivez ${{{name}}} ; pour un texte, '{name}'.",
            name=token.text,
        )

    def _call(self, token: Token) -> Expression:
        name = token.text
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
            arguments[1] = portable_pattern(_literal(token, arguments[1]), token.position)
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
        reference = (
            re.fullmatch(r"\s*\$\{\s*([\w.-]+)\s*\}\s*", arguments[1]) if isinstance(arguments[1], str) else None
        )
        list_name = (self._context.lists or {}).get(reference[1]) if reference else None
        if list_name is None:
            raise BadExpression(
                token.position,
                "function-arguments",
                "jr:choice-name() attend une question à choix.",
                "Forme admise : jr:choice-name(${{question}}, '${{question}}').",
            )
        return ["choice-label", arguments[0], list_name]

    def _unexpected(self, token: Token) -> BadExpression:
        if token.kind is TokenKind.END:
            return BadExpression(token.position, "expression-end", "La formule s’arrête trop tôt.")
        if token.text in ("/", "..", "@", "[", "]", "|", "*"):
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
