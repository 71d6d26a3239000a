"""The settings sheet: title, languages, who may answer, whether answers are sealed, how long they are kept."""

from __future__ import annotations

from dataclasses import dataclass

from sync.forms.columns import language_code
from sync.forms.sheets import Problems, Sheets

KEEP = 365  # days, where the form does not say
LONGEST_KEEP = 3650
DECIMALS = 2  # of a coordinate: about a kilometre

YES = ("yes", "true", "true()", "oui")
NO = ("no", "false", "false()", "non")


@dataclass(frozen=True, slots=True)
class Settings:
    title: str
    lang: str
    languages: list[str]
    audience: str
    sealed: bool | None
    keep: int
    place: str
    decimals: int


def read_settings(sheets: Sheets, problems: Problems, lang: str) -> Settings:
    row = sheets.settings
    written = row.get("default_language")
    found = _languages(sheets)
    main = language_code(written) if written else (lang if "" in found or not found else found[0])
    if not main:
        problems.add(
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
        problems.add(
            row,
            "audience",
            "setting-value",
            "« {value} » ne convient pas ici.",
            "Écrivez public ou device.",
            value=audience,
        )
    return Settings(
        title=row.get("form_title"),
        lang=main,
        languages=[main, *(code for code in found if code not in ("", main))],
        audience=audience,
        sealed=_yes_or_no(row.get("sealed"), sheets, problems),
        keep=_number("keep", KEEP, 1, LONGEST_KEEP, sheets, problems),
        place=row.get("place"),
        decimals=_number("decimals", DECIMALS, 0, 5, sheets, problems),
    )


def _languages(sheets: Sheets) -> list[str]:
    """The languages of all texts, in order of appearance; "" for texts that name none."""
    rows = [*sheets.survey, *sheets.choices]
    return list(dict.fromkeys(code for row in rows for texts in row.texts.values() for code in texts))


def _yes_or_no(value: str, sheets: Sheets, problems: Problems) -> bool | None:
    if not value:
        return None
    if value.lower() not in (*YES, *NO):
        problems.add(
            sheets.settings,
            "sealed",
            "setting-value",
            "« {value} » ne convient pas ici.",
            "Écrivez yes ou no.",
            value=value,
        )
    return value.lower() in YES


def _number(name: str, default: int, least: int, most: int, sheets: Sheets, problems: Problems) -> int:
    value = sheets.settings.get(name)
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        problems.add(
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
