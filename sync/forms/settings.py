"""The settings sheet: title, languages, audience, sealing and retention. Used by sync/forms/compiler.py."""

from __future__ import annotations

from dataclasses import dataclass

from sync.forms.columns import language_code
from sync.forms.sheets import FormErrorReport, FormSheets

DEFAULT_RETENTION_DAYS = 365
MAX_RETENTION_DAYS = 3650
DEFAULT_DECIMALS = 2  # digits of a coordinate: about a kilometre

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
    main_name = row.get("default_language")
    languages = _find_languages(sheets)
    main = language_code(main_name) if main_name else (lang if "" in languages or not languages else languages[0])
    if not main:
        report.add(
            row,
            "default_language",
            "column-language",
            "La langue « {language} » n’est pas comprise.",
            "Mettez son code entre parenthèses : Français (fr).",
            language=main_name,
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
        languages=[main, *(code for code in languages if code not in ("", main))],
        audience=audience,
        is_sealed=_parse_boolean(row.get("sealed"), sheets, report),
        retention_days=_parse_integer("keep", DEFAULT_RETENTION_DAYS, 1, MAX_RETENTION_DAYS, sheets, report),
        place=row.get("place"),
        decimals=_parse_integer("decimals", DEFAULT_DECIMALS, 0, 5, sheets, report),
    )


def _find_languages(sheets: FormSheets) -> list[str]:
    """Languages of all texts, in order of appearance; "" for texts that name none."""
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


def _parse_integer(
    name: str, default: int, minimum: int, maximum: int, sheets: FormSheets, report: FormErrorReport
) -> int:
    value = sheets.settings.get(name)
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and minimum <= int(value) <= maximum):
        report.add(
            sheets.settings,
            name,
            "setting-value",
            "« {value} » ne convient pas ici.",
            "Un nombre entier de {least} à {most}.",
            value=value,
            least=minimum,
            most=maximum,
        )
        return default
    return int(value)
