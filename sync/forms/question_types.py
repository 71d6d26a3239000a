"""The table of question types (PROTOCOL.md, sections 8 and 9): everything that differs from one type to another.

Used by the compiler, the answer checks, the tables and the totals. Twin: pwa/src/protocol/question-types.ts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from sync.canonical import LARGEST_INTEGER
from sync.forms.answer_conversions import (
    MAX_DECIMAL_LENGTH,
    MAX_TEXT_LENGTH,
    to_date_answer,
    to_datetime_answer,
    to_decimal_answer,
    to_integer_answer,
    to_text_answer,
    to_time_answer,
)
from sync.forms.answer_summaries import AnswerSummary, count_by_month, count_choices, summarize_numbers
from sync.forms.conversions import Value, day_of
from sync.forms.coordinate_rounding import are_rounded, are_rounded_lines, round_coordinates

_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?")
_COORDINATE = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]+)?")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")

CellValue: TypeAlias = str | int | Decimal | bool | None


class IntegerParameter(NamedTuple):
    """A parameter in the XLSForm column `parameters`: its key in the compiled question, its minimum and maximum."""

    key: str
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True)
class CellContext:
    """Rules for the cells of one submission: text and separator of choices, digests and names of the attached files."""

    choice_text: Callable[[str], str]
    separator: str
    file_digests: Sequence[str]
    file_names: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class CellPart:
    """A further column of a question: `suffix` of its name, the choice whose label heads it, and its cells."""

    suffix: str
    cell: Callable[[Any, CellContext], CellValue]
    choice: str = ""


def _plain_cell(value: Any, context: CellContext) -> CellValue:
    """The cell of any answer: in an older version of the form the question may have had another type."""
    if isinstance(value, list):
        return context.separator.join(map(context.choice_text, value))
    return value if isinstance(value, (str, int, bool)) else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionType:
    """One type of question. `name` is its spelling in compiled forms and, like `aliases`, in the XLSForm column `type`.

    `accepts(value, question, file_count)`: True if the JSON value has the form of an answer to the compiled question.
    `parse_default(text, choice_names, decimals)`: the answer in the XLSForm column `default`; raises ValueError.
    None if the type has no default.
    `convert(value)`: the answer's text for the value of a calculation, "" for none.
    `text(value)`: the answer in expressions.
    `cell(value, context)`: the answer in tables.
    `parts(choice_names)`: further columns of tables, which hold the answer in pieces.
    `summarize(values, choices)`: bars and figures of all answers; `choices` are pairs of name and label.
    `form_settings`: fields of FormSettings that the compiled question repeats.
    """

    name: str
    aliases: tuple[str, ...] = ()
    pyxform_name: str = ""  # pyxform's name of the type, if another
    is_shown: bool = True  # False: computed, on no screen
    has_value: bool = True  # False: a text to read
    has_list: bool = False
    keeps_order: bool = False  # several choices in the person's order, not in the list's
    is_attachment: bool = False
    is_personal: bool = False  # the answer may identify a person
    can_be_calculated: bool = False
    can_name_place: bool = False
    form_settings: tuple[str, ...] = ()
    parameters: Mapping[str, IntegerParameter] = field(default_factory=dict)
    accepts: Callable[[Any, Mapping[str, Any], int], bool]
    parse_default: Callable[[str, Sequence[str], int], Any] | None = None
    convert: Callable[[Value], str] = to_text_answer
    text: Callable[[Any], str] = str
    cell: Callable[[Any, CellContext], CellValue] = _plain_cell
    parts: Callable[[Sequence[str]], Sequence[CellPart]] = lambda choice_names: ()
    summarize: Callable[[Sequence[Any], Sequence[tuple[str, str]]], AnswerSummary] | None = None

    @property
    def is_answered(self) -> bool:
        """True if a person answers the question."""
        return self.is_shown and self.has_value


def type_by_spelling(spelling: str) -> QuestionType | None:
    """The type without a list of choices that has this spelling, or None."""
    types = (question_type for question_type in QUESTION_TYPES.values() if not question_type.has_list)
    return next(
        (question_type for question_type in types if spelling in (question_type.name, *question_type.aliases)), None
    )


def list_types_by_spelling() -> dict[str, QuestionType]:
    """Types that are followed by the name of a list, by each of their spellings."""
    types = (question_type for question_type in QUESTION_TYPES.values() if question_type.has_list)
    return {
        spelling: question_type for question_type in types for spelling in (question_type.name, *question_type.aliases)
    }


def _is_text(value: Any, question: Mapping[str, Any], file_count: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_TEXT_LENGTH


def _is_integer(value: Any, question: Mapping[str, Any], file_count: int) -> bool:
    return type(value) is int and abs(value) <= LARGEST_INTEGER


def _is_decimal(value: Any, question: Mapping[str, Any], file_count: int) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= MAX_DECIMAL_LENGTH
        and _DECIMAL.fullmatch(value) is not None
        and value != "-0"
    )


def _is_date(value: Any, question: Mapping[str, Any], file_count: int) -> bool:
    return isinstance(value, str) and len(value) == 10 and day_of(value) is not None


def _is_time(value: Any, question: Mapping[str, Any], file_count: int) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def _is_datetime(value: Any, question: Mapping[str, Any], file_count: int) -> bool:
    return isinstance(value, str) and len(value) == 16 and day_of(value) is not None


def _is_name_list(value: Any, question: Mapping[str, Any], file_count: int) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(name, str) for name in value)


def _is_point(value: Any, question: Mapping[str, Any], file_count: int) -> bool:
    return isinstance(value, str) and are_rounded(value, question["decimals"])


def _is_trace(value: Any, question: Mapping[str, Any], file_count: int) -> bool:
    return isinstance(value, str) and are_rounded_lines(value, question["decimals"], closed=False)


def _is_shape(value: Any, question: Mapping[str, Any], file_count: int) -> bool:
    return isinstance(value, str) and are_rounded_lines(value, question["decimals"], closed=True)


def _is_file_index(value: Any, question: Mapping[str, Any], file_count: int) -> bool:
    return type(value) is int and 0 <= value < file_count


def _require(value: Any, is_valid: bool) -> Any:
    if not is_valid:
        raise ValueError(value)
    return value


def _integer_default(text: str, choice_names: Sequence[str], decimals: int) -> int:
    return int(_require(text, re.fullmatch(r"-?[0-9]{1,15}", text) is not None))


def _decimal_default(text: str, choice_names: Sequence[str], decimals: int) -> str:
    _require(text, re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,8})?", text) is not None)
    return to_decimal_answer(text)


def _date_default(text: str, choice_names: Sequence[str], decimals: int) -> Any:
    return _require(text, _is_date(text, {}, 0))


def _time_default(text: str, choice_names: Sequence[str], decimals: int) -> Any:
    return _require(text[:5], _is_time(text[:5], {}, 0))


def _datetime_default(text: str, choice_names: Sequence[str], decimals: int) -> Any:
    return _require(text[:16], len(text) >= 16 and day_of(text) is not None)


def _names_default(text: str, choice_names: Sequence[str], decimals: int) -> list[str]:
    chosen = set(text.split())
    _require(text, chosen <= set(choice_names))
    return [name for name in choice_names if name in chosen]


def _ranking_default(text: str, choice_names: Sequence[str], decimals: int) -> list[str]:
    names = text.split()
    _require(text, set(names) <= set(choice_names) and len(set(names)) == len(names))
    return names


def _point_default(text: str, choice_names: Sequence[str], decimals: int) -> str:
    parts = text.split()
    _require(text, len(parts) >= 2)
    return round_coordinates(parts[0], parts[1], decimals)


def _decimal_cell(value: Any, context: CellContext) -> CellValue:
    return Decimal(value) if _is_decimal(value, {}, 0) else _plain_cell(value, context)


def _choice_cell(value: Any, context: CellContext) -> CellValue:
    return _plain_cell(context.choice_text(value) if isinstance(value, str) else value, context)


def _file_cell(value: Any, context: CellContext) -> CellValue:
    return context.file_digests[value] if _is_file_index(value, {}, len(context.file_digests)) else None


def _choice_parts(choice_names: Sequence[str]) -> Sequence[CellPart]:
    """One column for each choice: 1 if it was made, 0 if not."""
    return [CellPart(name, partial(_has_choice, name), name) for name in choice_names]


def _has_choice(name: str, value: Any, context: CellContext) -> CellValue:
    return int(name in value) if isinstance(value, list) else None


def _rank_parts(choice_names: Sequence[str]) -> Sequence[CellPart]:
    """One column for each choice: its rank, from 1."""
    return [CellPart(name, partial(_rank_of, name), name) for name in choice_names]


def _rank_of(name: str, value: Any, context: CellContext) -> CellValue:
    return value.index(name) + 1 if isinstance(value, list) and name in value else None


def _point_parts(choice_names: Sequence[str]) -> Sequence[CellPart]:
    return [CellPart(name, partial(_coordinate, index)) for index, name in enumerate(("latitude", "longitude"))]


def _coordinate(index: int, value: Any, context: CellContext) -> CellValue:
    numbers = str(value).split(" ")
    return Decimal(numbers[index]) if len(numbers) == 2 and all(map(_COORDINATE.fullmatch, numbers)) else None


def _file_parts(choice_names: Sequence[str]) -> Sequence[CellPart]:
    return [CellPart("file", _file_name_cell)]


def _file_name_cell(value: Any, context: CellContext) -> CellValue:
    return context.file_names[value] if _is_file_index(value, {}, len(context.file_names)) else None


_TYPES = (
    QuestionType(
        name="text",
        aliases=("string",),
        can_be_calculated=True,
        accepts=_is_text,
        parse_default=lambda text, choice_names, decimals: text,
    ),
    QuestionType(
        name="integer",
        aliases=("int",),
        can_be_calculated=True,
        accepts=_is_integer,
        parse_default=_integer_default,
        convert=to_integer_answer,
        summarize=summarize_numbers,
    ),
    QuestionType(
        name="decimal",
        can_be_calculated=True,
        accepts=_is_decimal,
        parse_default=_decimal_default,
        convert=to_decimal_answer,
        cell=_decimal_cell,
        summarize=summarize_numbers,
    ),
    QuestionType(
        name="date",
        can_be_calculated=True,
        accepts=_is_date,
        parse_default=_date_default,
        convert=to_date_answer,
        summarize=count_by_month,
    ),
    QuestionType(
        name="time",
        can_be_calculated=True,
        accepts=_is_time,
        parse_default=_time_default,
        convert=to_time_answer,
    ),
    QuestionType(
        name="datetime",
        aliases=("date time",),
        pyxform_name="dateTime",
        can_be_calculated=True,
        accepts=_is_datetime,
        parse_default=_datetime_default,
        convert=to_datetime_answer,
        summarize=count_by_month,
    ),
    QuestionType(
        name="select_one",
        aliases=("select one", "select one from", "select1"),
        has_list=True,
        can_name_place=True,
        accepts=_is_text,
        parse_default=lambda text, choice_names, decimals: _require(text, text in choice_names),
        cell=_choice_cell,
        summarize=count_choices,
    ),
    QuestionType(
        name="select_multiple",
        aliases=("select multiple", "select all that apply", "select all that apply from"),
        has_list=True,
        accepts=_is_name_list,
        parse_default=_names_default,
        text=" ".join,
        cell=_choice_cell,
        parts=_choice_parts,
        summarize=count_choices,
    ),
    QuestionType(
        name="rank",
        has_list=True,
        keeps_order=True,
        accepts=_is_name_list,
        parse_default=_ranking_default,
        text=" ".join,
        cell=_choice_cell,
        parts=_rank_parts,
    ),
    QuestionType(name="note", has_value=False, accepts=lambda value, question, file_count: False),
    QuestionType(name="calculate", is_shown=False, can_be_calculated=True, accepts=_is_text),
    QuestionType(
        name="acknowledge",
        aliases=("trigger",),
        accepts=lambda value, question, file_count: value is True,
        text=lambda value: "OK",
    ),
    QuestionType(
        name="geopoint",
        aliases=("gps", "location"),
        is_personal=True,
        form_settings=("decimals",),
        accepts=_is_point,
        parse_default=_point_default,
        parts=_point_parts,
    ),
    QuestionType(
        name="geotrace",
        is_personal=True,
        form_settings=("decimals",),
        accepts=_is_trace,
    ),
    QuestionType(
        name="geoshape",
        is_personal=True,
        form_settings=("decimals",),
        accepts=_is_shape,
    ),
    QuestionType(
        name="image",
        aliases=("photo",),
        is_attachment=True,
        is_personal=True,
        parameters={"max-pixels": IntegerParameter("pixels", 100, 4000)},
        accepts=_is_file_index,
        cell=_file_cell,
        parts=_file_parts,
    ),
    QuestionType(
        name="audio",
        is_attachment=True,
        is_personal=True,
        accepts=_is_file_index,
        cell=_file_cell,
        parts=_file_parts,
    ),
)
QUESTION_TYPES = {question_type.name: question_type for question_type in _TYPES}
