"""Reads a QR code of version 4 with correction M as a camera does: its mask by its format bits, then its bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import segno

SIZE = 33  # squares of a side of version 4
BLOCKS, WORDS = 2, 64  # data words of version 4-M, one by one of each block
MASKS: tuple[Callable[[int, int], int], ...] = (
    lambda row, column: (row + column) % 2,
    lambda row, column: row % 2,
    lambda row, column: column % 3,
    lambda row, column: (row + column) % 3,
    lambda row, column: (row // 2 + column // 3) % 2,
    lambda row, column: row * column % 2 + row * column % 3,
    lambda row, column: (row * column % 2 + row * column % 3) % 2,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2,
)


def read_code(dark: set[tuple[int, int]]) -> str:
    """The text of a code. `dark`: (column, row) of its dark squares. Fails where its fixed squares are not a code's."""
    fixed = [(column, row) for row in range(SIZE) for column in range(SIZE) if _is_fixed(row, column)]
    for number, mask in enumerate(MASKS):
        sample = segno.make("x" * 50, version=4, error="m", boost_error=False, micro=False, mask=number)
        if all(((column, row) in dark) == bool(sample.matrix[row][column]) for column, row in fixed):
            bits = "".join(str(int(((column, row) in dark) != (mask(row, column) == 0))) for row, column in _path())
            words = [bits[at : at + 8] for at in range(0, WORDS * 8, 8)]
            data = "".join(word for block in range(BLOCKS) for word in words[block::BLOCKS])
            assert data[:4] == "0100", "bytes"
            length = int(data[4:12], 2)
            return bytes(int(data[12 + 8 * at : 20 + 8 * at], 2) for at in range(length)).decode()
    raise AssertionError("no mask has these fixed squares")


def _is_fixed(row: int, column: int) -> bool:
    """True for finders with their format bits, timing and alignment."""
    corner = (row < 9 and (column < 9 or column >= SIZE - 8)) or (row >= SIZE - 8 and column < 9)
    return corner or 6 in (row, column) or (24 <= row <= 28 and 24 <= column <= 28)


def _path() -> Iterator[tuple[int, int]]:
    """The other squares in the order of the bits: two columns wide, up and down from the right."""
    columns = [*range(SIZE - 1, 6, -2), *range(5, 0, -2)]
    for index, right in enumerate(columns):
        for row in range(SIZE) if index % 2 else range(SIZE - 1, -1, -1):
            for column in (right, right - 1):
                if not _is_fixed(row, column):
                    yield row, column
