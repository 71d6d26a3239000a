"""The style sheets as one text without comments and extra white space, for tests without the build."""

from __future__ import annotations

import re

from tests.support import repository

FOLDER = "pwa/src/css"


def minified_styles() -> str:
    names = re.findall(r'@import "\./(.+?)";', repository.text(f"{FOLDER}/index.css"))
    text = re.sub(r"/\*.*?\*/", "", "".join(repository.text(f"{FOLDER}/{name}") for name in names), flags=re.DOTALL)
    parts = re.split(r'("[^"]*")', text)
    parts[::2] = [_tight(part) for part in parts[::2]]
    return "".join(parts).strip()


def _tight(css: str) -> str:
    css = re.sub(r"\s*([{};,>~/]|:(?= ))\s*", r"\1", re.sub(r"\s+", " ", css))
    return re.sub(r"(?<![\d.])0(?=\.\d)", "", css).replace(";}", "}")
