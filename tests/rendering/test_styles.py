"""Styles: no feature that old browsers lack, contrast of 7:1, targets of 48 px."""

from __future__ import annotations

import re

import pytest

from tests.support import repository
from tests.support.minified_styles import FOLDER, minified_styles

TOO_NEW = {  # Chrome 80, Firefox 78 and Safari 14 lack these
    "gap in flex": r"(?<!grid-)\bgap:",
    ":has, but to keep space": r":has\((?!\+ ?\*>\.slogan\)\{min-height)",
    ":is and :where": r":(is|where)\(",
    "nesting": r"&",
    "color-mix": r"color-mix\(",
    "aspect-ratio": r"aspect-ratio",
    "inset": r"\binset\b",
    "logical shorthands": r"(margin|padding|border)-(inline|block):",
    "media ranges": r"@media[^{]*[<>]",
    "dvh": r"\d(dvh|svh|lvh)\b",
    "layers and containers": r"@(layer|container)",
}
TEXT = ("earth", "soft", "indigo", "bad", "good")
GROUNDS = ("cloth", "sheet", "now")
ON_MUD = ("thread", "ochre")  # text of header, navigation and notices with a button; mud is also the text on ochre


def colours(scheme: str) -> dict[str, str]:
    light, dark = repository.text(f"{FOLDER}/tokens.css").split("@media")
    by_name = dict(re.findall(r"--(\w+):\s*(#\w{6})", light))
    return by_name if scheme == "light" else {**by_name, **dict(re.findall(r"--(\w+):\s*(#\w{6})", dark))}


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_a_contrast_of_seven(scheme: str) -> None:
    of = colours(scheme)
    pairs = [(text, ground) for text in TEXT for ground in GROUNDS] + [(text, "mud") for text in ON_MUD]
    assert [(text, ground) for text, ground in pairs if contrast(of[text], of[ground]) < 7] == []


@pytest.mark.parametrize("feature", TOO_NEW)
def test_the_oldest_browsers_know_every_feature(feature: str) -> None:
    assert re.findall(TOO_NEW[feature], re.sub(r'"[^"]*"', "", minified_styles())) == []


def test_nothing_moves_by_itself_and_nothing_is_fetched() -> None:
    assert not re.search(
        r"animation|transition|@font-face|url\(\"?(?!data:)", minified_styles().replace('url("data:', "url(data:")
    )


def test_every_class_is_described_for_those_who_use_it() -> None:
    described = repository.text(f"{FOLDER}/README.md")
    css = re.sub(r'url\("[^"]*"\)', "", minified_styles())
    names = set(re.findall(r"\.([a-z]+)(?=[\s.,:{>~]|$)", css))
    assert {name for name in names if not re.search(rf"\b{name}\b", described)} == set()
