"""The settings sheet: title, languages, who may answer, whether answers are sealed, how long they are kept."""

from __future__ import annotations

from dataclasses import dataclass

from sync.forms.columns import language_code
from sync.forms.sheets import FormErrorReport, FormSheets

DEFAULT_RETENTION_DAYS = 365  # days, where the form does not say
MAX_RETENTION_DAYS = 3650
DEFAULT_DECIMALS = 2  # of a coordinate: about a kilometre

YES_WORDS = ("yes", "true", "true()", "oui")
NO_WORDS = ("no", "false", "false()", "non")


@dataclass(frozen=True, slots=True)
class FormSettings:
    title: str
    lang: str
    languages: list[str]
    audience: str
    is_sealed: bool | None
    retention_days: int
    place: str
    decimals: int


def read_settings(sheets: FormSheets, report: FormErrorReport, lang: str) -> FormSettings:
    row = sheets.settings
    written = row.get("default_language")
    found = _find_languages(sheets)
    main = language_code(written) if written else (lang if "" in found or not found else found[0])
    if not main:
        report.add(
            row,
            "default_language",
            "column-language",
            "La langue « {language} » n’est pas comprise.",
            "Mettez son code entre parenthèses : Français (fr).",
            language=written,
        )
        main = lang
    audience = row.get("audience") or "device"
    if audience not in ("device", "public"):
        report.add(
            row,
            "audience",
            "setting-value",
            "« {value} » ne convient pas ici.",
            "Écrivez public ou device.",
            value=audience,
        )
    return FormSettings(
        title=row.get("form_title"),
        lang=main,
        languages=[main, *(code for code in found if code not in ("", main))],
        audience=audience,
        is_sealed=_parse_boolean(row.get("sealed"), sheets, report),
        retention_days=_parse_integer("keep", DEFAULT_RETENTION_DAYS, 1, MAX_RETENTION_DAYS, sheets, report),
        place=row.get("place"),
        decimals=_parse_integer("decimals", DEFAULT_DECIMALS, 0, 5, sheets, report),
    )


def _find_languages(sheets: FormSheets) -> list[str]:
    """The languages of all texts, in order of appearance; "" for texts that name none."""
    rows = [*sheets.survey, *sheets.choices]
    return list(dict.fromkeys(code for row in rows for texts in row.texts.values() for code in texts))


def _parse_boolean(value: str, sheets: FormSheets, report: FormErrorReport) -> bool | None:
    if not value:
        return None
    if value.lower() not in (*YES_WORDS, *NO_WORDS):
        report.add(
            sheets.settings,
            "sealed",
            "setting-value",
            "« {value} » ne convient pas ici.",
            "Écrivez yes ou no.",
            value=value,
        )
    return value.lower() in YES_WORDS


def _parse_integer(name: str, default: int, least: int, most: int, sheets: FormSheets, report: FormErrorReport) -> int:
    value = sheets.settings.get(name)
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        report.add(
            sheets.settings,
            name,
            "setting-value",
            "« {value} » ne convient pas ici.",
            "Un nombre entier de {least} à {most}.",
            value=value,
            least=least,
            most=most,
        )
        return default
    return int(value)
