"""Drawings of the kept pictograms, from the icons of Lucide in pwa/node_modules, each as the data of one path.

    python -m tests.tools.draw_pictograms

writes sync/documents/pictogram_drawings.py. Numbers have two decimals at most: a hundredth of a unit is a fiftieth of
a stroke. To keep one more pictogram, add its row to tests/tools/pictogram_icons.py and run this.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from xml.etree import ElementTree

from tests.support.repository import ROOT
from tests.tools.pictogram_icons import ICONS

SOURCE = ROOT / "pwa/node_modules/@iconify-json/lucide/icons.json"
TARGET = ROOT / "sync/documents/pictogram_drawings.py"
HEADER = '''# ruff: noqa: E501
"""Path data of the kept pictograms, on a grid of 24 units, made by tests/tools/draw_pictograms.py: do not edit.

The drawings are Lucide's (https://lucide.dev), under the ISC licence; deploy/release/texts has its text.
"""

from __future__ import annotations

'''

_RELATIVE_START = re.compile(r"m\s*(-?[\d.]+)[\s,]*(-?\.?\d+(?:\.\d+)?)")
_TOKEN = re.compile(r"[a-zA-Z]|-?(?:\d+\.\d*|\.\d+|\d+)")


def draw_all() -> dict[str, str]:
    """Path data by the name of the pictogram. Raises KeyError for an icon that the set lacks."""
    icons = json.loads(SOURCE.read_text("utf-8"))["icons"]
    return {name: draw(icons[icon]["body"]) for name, icon in ICONS.items()}


def draw(body: str) -> str:
    """The shapes of an icon's SVG as the data of one path. Raises KeyError for a shape of another kind."""
    elements = list(ElementTree.fromstring(f"<svg>{body}</svg>").iter())  # noqa: S314  (an icon of a locked package)
    shapes = [element for element in elements if element.tag not in ("svg", "g")]
    return "".join(_shorten(_SHAPES[shape.tag](shape.attrib)) for shape in shapes)


def _shorten(data: str) -> str:
    """Path data with short numbers and no needless space between them. Flags of arcs must stand apart, as they do."""
    written = ""
    previous = ""
    for token in _TOKEN.findall(data):
        text = token if token.isalpha() else _short_number(float(token))
        is_glued = text[0] == "-" or not previous or (text[0] == "." and "." in previous)
        written += text if token.isalpha() or is_glued else f" {text}"
        previous = "" if token.isalpha() else text
    return written


def _short_number(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else re.sub(r"^(-?)0\.", r"\1.", text)


def _number(attributes: Mapping[str, str], name: str) -> float:
    return float(attributes.get(name, 0))


def _path(attributes: Mapping[str, str]) -> str:
    """Data with an absolute start: a relative one would go on from the shape before."""
    match = _RELATIVE_START.match(attributes["d"])
    if not match:
        return attributes["d"]
    rest = attributes["d"][match.end() :].lstrip(" ,")
    return f"M{match[1]} {match[2]}{'l' if re.match(r'[-.0-9]', rest) else ''}{rest}"


def _ellipse(attributes: Mapping[str, str]) -> str:
    x, y = _number(attributes, "cx"), _number(attributes, "cy")
    width = _number(attributes, "rx") or _number(attributes, "r")
    height = _number(attributes, "ry") or _number(attributes, "r")
    return f"M{x - width:g} {y:g}a{width:g} {height:g} 0 1 0 {2 * width:g} 0a{width:g} {height:g} 0 1 0-{2 * width:g} 0"


def _rectangle(attributes: Mapping[str, str]) -> str:
    x, y, width, height = (_number(attributes, name) for name in ("x", "y", "width", "height"))
    radius = _number(attributes, "rx") or _number(attributes, "ry")
    if not radius:
        return f"M{x:g} {y:g}h{width:g}v{height:g}h-{width:g}z"
    corner = f"a{radius:g} {radius:g} 0 0 1"
    across, down = f"{width - 2 * radius:g}", f"{height - 2 * radius:g}"
    r = f"{radius:g}"
    return (
        f"M{x + radius:g} {y:g}h{across}{corner} {r} {r}v{down}{corner}-{r} {r}h-{across}{corner}-{r}-{r}"
        f"v-{down}{corner} {r}-{r}z"
    )


def _line(attributes: Mapping[str, str]) -> str:
    x1, y1, x2, y2 = (_number(attributes, name) for name in ("x1", "y1", "x2", "y2"))
    return f"M{x1:g} {y1:g}L{x2:g} {y2:g}"


def _points(attributes: Mapping[str, str]) -> str:
    return f"M{attributes['points']}"


_SHAPES: Mapping[str, Callable[[Mapping[str, str]], str]] = {
    "path": _path,
    "circle": _ellipse,
    "ellipse": _ellipse,
    "rect": _rectangle,
    "line": _line,
    "polyline": _points,
    "polygon": lambda attributes: f"{_points(attributes)}z",
}


def write_module(drawings: Mapping[str, str]) -> str:
    rows = "".join(f"    {json.dumps(name)}: {json.dumps(data)},\n" for name, data in drawings.items())
    return f"{HEADER}DRAWINGS = {{\n{rows}}}\n"


if __name__ == "__main__":
    TARGET.write_text(write_module(draw_all()), "utf-8")
