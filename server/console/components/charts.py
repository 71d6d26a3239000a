"""Drawings of count tables as SVG, for the dashboard and briefs.

The numbers stand in a table under each, so screen readers skip the drawing.
"""

from __future__ import annotations

from collections.abc import Sequence

import svg

from sync.statistics.report_counts import CountTable
from sync.statistics.suppression import ShownCount

WIDTH, HEIGHT, GAP = 320, 120, 2  # of a stacked chart, in units of its view box
LABEL_WIDTH, CELL_HEIGHT = 84, 12  # of a heat table
SHADES = (0.25, 0.45, 0.7, 1.0)  # opacity of a heat table's cells, from few to many
BAR_COLOURS, HELD_BACK = ("#1565c0", "#2e7d32"), "#d9730d"
COLOURS = ("#b3261e", "#d9730d", "#2e7d32", "#1565c0", "#7b1fa2", "#757575", "#bdbdbd")


def draw_stacks(table: CountTable) -> str:
    """A column for each line, its parts in the colours of COLOURS; what is held back is hatched up to the total."""
    highest = max((total or 0 for total in table.totals.values()), default=0) or 1
    step = WIDTH / max(1, len(table.lines))
    shapes: list[svg.Element] = [_hatching("k")]
    for position, (line, counts) in enumerate(table.lines.items()):
        left, top = round(position * step + GAP, 1), float(HEIGHT)
        total = table.totals[line]
        known = [(count, colour) for count, colour in zip(counts, COLOURS, strict=False) if count]
        for count, colour in known:
            height = round(HEIGHT * count / highest, 1)
            top = round(top - height, 1)
            shapes.append(svg.Rect(x=left, y=top, width=round(step - 2 * GAP, 1), height=height, fill=colour))
        hidden = HEIGHT / 20 if total is None else HEIGHT * (total - sum(count for count, _ in known)) / highest
        if hidden > 0:
            shapes.append(
                svg.Rect(
                    x=left,
                    y=round(top - hidden, 1),
                    width=round(step - 2 * GAP, 1),
                    height=round(hidden, 1),
                    fill="url(#k)",
                )
            )
    return _as_text(shapes, WIDTH, HEIGHT)


def draw_heat(table: CountTable, columns: Sequence[str], labels: Sequence[str]) -> str:
    """A row for each of `columns` and a cell for each line of the table; nothing heard is hatched, never white."""
    step = (WIDTH - LABEL_WIDTH) / max(1, len(table.lines))
    width = round(step - 1, 1)
    highest = table.highest_count or 1
    shapes: list[svg.Element] = [_hatching("h")]
    silent: list[svg.PathData] = []  # one shape for all of them: printers take long over each that is hatched
    for row, (column, label) in enumerate(zip(columns, labels, strict=True)):
        index = table.columns.index(column)
        shapes.append(svg.Text(x=0, y=row * CELL_HEIGHT + 9, font_size=9, fill="currentColor", text=label[:16]))
        for position, counts in enumerate(table.lines.values()):
            count, left, top = counts[index], round(LABEL_WIDTH + position * step, 1), row * CELL_HEIGHT
            if count == 0:
                silent += [svg.M(left, top), svg.h(width), svg.v(11), svg.h(-width), svg.Z()]
                continue
            shade = 0.3 if count is None else SHADES[min(len(SHADES) - 1, len(SHADES) * count // (highest + 1))]
            colour = HELD_BACK if count is None else BAR_COLOURS[0]
            shapes.append(svg.Rect(x=left, y=top, width=width, height=11, fill=colour, fill_opacity=shade))
    shapes.append(svg.Path(d=silent, fill="url(#h)"))
    return _as_text(shapes, WIDTH, CELL_HEIGHT * len(columns))


def draw_bars(rows: Sequence[tuple[str, Sequence[ShownCount]]]) -> str:
    """A bar for each row: a label, and parts in BAR_COLOURS. Hatched: nothing came; orange: held back."""
    highest = max((sum(filter(None, counts)) for _, counts in rows), default=0) or 1
    room = WIDTH - LABEL_WIDTH - CELL_HEIGHT  # a cell for what is held back
    shapes: list[svg.Element] = [_hatching("b")]
    for row, (label, counts) in enumerate(rows):
        left, top = float(LABEL_WIDTH), row * CELL_HEIGHT
        shapes.append(svg.Text(x=0, y=top + 9, font_size=9, fill="currentColor", text=label[:16]))
        if not any(count != 0 for count in counts):
            shapes.append(svg.Rect(x=left, y=top, width=WIDTH - LABEL_WIDTH, height=11, fill="url(#b)"))
        for count, colour in zip(counts, BAR_COLOURS, strict=True):
            if count:
                width = round(room * count / highest, 1)
                shapes.append(svg.Rect(x=round(left, 1), y=top, width=width, height=11, fill=colour))
                left += width
        if None in counts:
            held_back = svg.Rect(
                x=round(left, 1), y=top, width=CELL_HEIGHT, height=11, fill=HELD_BACK, fill_opacity=0.3
            )
            shapes.append(held_back)
    return _as_text(shapes, WIDTH, CELL_HEIGHT * len(rows))


def _hatching(id: str) -> svg.Defs:
    """Stripes: not known, or nothing heard."""
    stripe = svg.Path(d=[svg.M(0, 4), svg.L(4, 0)], stroke="currentColor", stroke_width=0.6, opacity=0.6)
    return svg.Defs(elements=[svg.Pattern(id=id, width=4, height=4, patternUnits="userSpaceOnUse", elements=[stripe])])


def _as_text(shapes: list[svg.Element], width: int, height: int) -> str:
    box, hidden = svg.ViewBoxSpec(0, 0, width, height), {"aria-hidden": "true"}
    return svg.SVG(viewBox=box, class_=["chart"], extra=hidden, elements=shapes).as_str()
