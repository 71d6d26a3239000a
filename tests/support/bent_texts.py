"""Texts and JSON values bent at random: the spellings and characters that languages read differently.

Used by the cases of both languages' readers.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

from sync.canonical import canonical

# Spellings that languages read differently, as JSON text.
ODD_JSON = (
    *("1.0", "1e0", "0.5", "-0", "-0.0", "9007199254740991", "9007199254740992", "9007199254740993", "1e400", "01"),
    *("NaN", "Infinity", "-Infinity", "null", "true", "false", "[]", "{}", '""', "1", "-1", "1E2", "+1", "0x1", "'a'"),
    *(
        '"\\ud800"',
        '"\\ude00"',
        '"\\ud83d\\ude00"',
        '"é"',
        '"\\u0000"',
        '"１"',
        '"constructor"',
        '"__proto__"',
        "undefined",
    ),
    *('{"a":1,"a":2}', '{"__proto__":1}', '["kunnafoni-edition/1"]', '"2026-11-2４"', '" "', "[[[[]]]]", '"\\x41"'),
)
# Characters that stand for others in one language or another.
ODD_TEXT = (
    *(
        "\u00a0",
        "\u2028",
        "\u2029",
        "\u0085",
        "\x0b",
        "\x0c",
        "\x1c",
        "\x1f",
        "\x7f",
        "\ufeff",
        "\u3000",
        "\u200b",
        "\u202f",
    ),
    *("２", "٣", "²", "ⅷ", "ı", "ſ", "K", "ß", "İ", "é", "e\u0301", "ɛ", "😀", "Å"),
    *(
        " ",
        "\t",
        "\r",
        "\r\n",
        "\x00",
        "-",
        "_",
        "+",
        "/",
        "=",
        "==",
        ".",
        ",",
        "0",
        "9",
        "a",
        "Z",
        '"',
        "\\",
        "#",
        "<",
    ),
)
HALF_CHARACTERS = ("\ud800", "\udfff", "\ud83d")


class TextBender:
    """Bends texts, always the same for one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def mostly(self, usual: Any, *others: Any) -> Any:
        return usual if self.random.random() < 0.8 else self.random.choice(others)

    def any_value(self, depth: int) -> Any:
        chance = self.random
        if depth and chance.random() < 0.6:
            return self.any_object(depth) if chance.random() < 0.5 else [self.any_value(depth - 1) for _ in range(3)]
        return chance.choice([None, True, 0, -5, 2**53 - 1, "", "ɛ\n", "\x7f\u2028", "😀", '"\\/', "\b\f"])

    def any_object(self, depth: int) -> dict[str, Any]:
        names = self.random.sample(["a", "b", "10", "2", "Z", "__proto__", "constructor", "é", "~"], 3)
        return {name: self.any_value(depth - 1) for name in names}

    def bent_json(self, value: Any, *, halves: bool = False) -> str:
        """The value's text, one of its parts replaced, or its characters bent, or as it is."""
        roll = self.random.random()
        if roll < 0.25:
            return canonical_or_json(value)
        if roll < 0.7:
            return self.with_odd_part(value)
        if roll < 0.8:
            return json.dumps(value, ensure_ascii=self.random.random() < 0.5, indent=self.random.choice([None, 1]))
        return self.bent(canonical_or_json(value), halves=halves)

    def with_odd_part(self, value: Any) -> str:
        mark = "\ue000"
        parts = list(places(value))
        if not parts:
            return self.random.choice(ODD_JSON)
        path = self.random.choice(parts)
        changed = replaced(value, path, mark, self.random)
        return canonical_or_json(changed).replace(f'"{mark}"', self.random.choice(ODD_JSON))

    def maybe_bent(self, text: str, *, halves: bool = False) -> str:
        return self.bent(text, halves=halves) if self.random.random() < 0.75 else text

    def bent(self, text: str, *, halves: bool = False) -> str:
        """One to three characters lost, doubled, swapped, replaced or put in."""
        characters = list(text)
        for _ in range(self.random.randrange(1, 4)):
            at = self.random.randrange(len(characters) + 1)
            odd = self.random.choice((*ODD_TEXT, *HALF_CHARACTERS) if halves else ODD_TEXT)
            match self.random.randrange(4):
                case 0:
                    del characters[at : at + 1]
                case 1:
                    characters[at:at] = characters[at : at + 1]
                case 2:
                    characters[at : at + 1] = [odd]
                case _:
                    characters[at:at] = [odd]
        return "".join(characters)


def canonical_or_json(value: Any) -> str:
    try:
        return canonical(value).decode()
    except ValueError:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all parts of a JSON value."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], mark: str, chance: random.Random) -> Any:
    """A copy of the value with the part at `path` replaced, left out, or joined by another."""
    copy = json.loads(json.dumps(value))
    parent = copy
    for key in path[:-1]:
        parent = parent[key]
    roll = chance.random()
    if roll < 0.15:
        del parent[path[-1]]
    elif roll < 0.25 and isinstance(parent, dict):
        parent[chance.choice(["autre", "__proto__", "v", "body", "patch"])] = mark
    elif roll < 0.25:
        parent.insert(path[-1], mark)
    else:
        parent[path[-1]] = mark
    return copy
