"""Every French sentence of templates, Python and TypeScript: the msgids of the catalogs.

    python -m tests.support.translatable_sentences

brings content/locale/*.po up to date: new sentences are added, untranslated, and forgotten ones dropped.

In Python a sentence is what `_`, `N_`, `language` and `say` are called with, and any other text that looks like one:
capital, words. Errors carry their sentences far from the place that translates them, so nothing but their look tells
them.
"""

from __future__ import annotations

import ast
import io
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from tests.support import repository

CALLS = {"_", "N_", "language", "say"}
SILENT_CALLS = {  # their texts are for programs, logs or developers
    "execute",
    "executemany",
    "executescript",
    "compile",
    "Markup",
    "ValueError",
    "TypeError",
    "AssertionError",
    "RuntimeError",
    "debug",
    "info",
    "warning",
    "error",
    "exception",
    "CommandTarget",  # English, as the help of commands is
    "GaugeMetricFamily",  # English, as all figures for programs are
    "_counter",
    "_gauge",
    "_labelled",
    "replace",
}
TYPESCRIPT = re.compile(
    r'\bt\(\s*("(?:[^"\\]|\\.)*")'
)  # by the pattern of pwa/build.mjs; Babel misses some inside template strings
WORD = re.compile(r"[a-zà-ÿ]{2}(?![^{]*\})", re.IGNORECASE)
SENTENCE = re.compile(r"(?=.*[a-zà-ÿ]{3}(?![^{]*\}))[A-ZÀÂÇÉÈÊÎÔ«{].* .*")
OTHERS_WORDS = {"Specify other", "Very Likely"}  # compared with what others write, never shown
SQL = re.compile(r"(SELECT|INSERT|REPLACE|DELETE|PRAGMA|CREATE|UPDATE|WITH|VACUUM) ")


Sentence = str | tuple[str, str]  # in one form, or in singular and plural


def translatable_sentences() -> dict[str, str]:
    """Each sentence with the first file that contains it, in the order of files."""
    return {sentence: path for sentence, path in _places().items() if isinstance(sentence, str)}


def plural_sentences() -> dict[tuple[str, str], str]:
    """Each sentence in singular and plural, from `language.plural` in Python and `n_` in templates, with its file."""
    return {sentence: path for sentence, path in _places().items() if not isinstance(sentence, str)}


def _places() -> dict[Sentence, str]:
    sentences: dict[Sentence, str] = {}
    for path in repository.under("sync", "server", "pwa/src", ends=(".py", ".html", ".ts")):
        if not path.endswith((".test.ts", ".d.ts")):
            for sentence in _of(path):
                sentences.setdefault(sentence, path)
    return sentences


def _of(path: str) -> Iterator[Sentence]:
    text = repository.text(path)
    if path.endswith(".py"):
        yield from _in_python(ast.parse(text))
    elif path.endswith(".html"):
        yield from _first(babel_extract(io.BytesIO(text.encode()), ["_", "n_"], [], {"encoding": "utf-8"}))
    else:
        yield from (json.loads(quoted) for quoted in TYPESCRIPT.findall(text))


def _first(messages: Iterable[tuple[Any, ...]]) -> Iterator[Sentence]:
    """The first argument of each call, if it is a string; the first two of `n_`."""
    for _, function, message, _ in messages:
        first = message if isinstance(message, str) else (message or [None])[0]
        if function == "n_":
            yield (message[0], message[1])
        elif isinstance(first, str):
            yield first


def _in_python(node: ast.AST, called: str = "") -> Iterator[Sentence]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Constant):
            if isinstance(child.value, str) and (
                WORD.search(child.value) if called in CALLS else _is_sentence(child.value)
            ):
                yield child.value
        elif isinstance(child, ast.Call):
            name = child.func.id if isinstance(child.func, ast.Name) else getattr(child.func, "attr", "")
            if name == "plural" and _constants(child.args[:2]):
                one, other = _constants(child.args[:2])
                yield (one, other)
                for argument in (*child.args[2:], *child.keywords):
                    yield from _in_python(argument)
            elif name not in SILENT_CALLS:
                yield from _in_python(child, name)
        elif isinstance(child, ast.JoinedStr):
            for part in child.values:
                if isinstance(part, ast.FormattedValue):
                    yield from _in_python(part)
        elif not isinstance(child, ast.Compare) and not _is_docstring(child) and getattr(child, "arg", "") != "help":
            yield from _in_python(child, called if isinstance(child, (ast.IfExp, ast.BoolOp)) else "")


def _constants(nodes: list[ast.expr]) -> list[str]:
    """The texts of two constants; none if they are anything else."""
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return texts if len(texts) == 2 else []


def _is_sentence(text: str) -> bool:
    return SENTENCE.fullmatch(text) is not None and SQL.match(text) is None and text not in OTHERS_WORDS


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def update(path: Path) -> None:
    """Rewrite one catalog: the current sentences, sorted by file, with their translations."""
    with path.open("rb") as file:
        old = {_key(message.id): message.string for message in read_po(file, locale=path.stem)}
    catalog = Catalog(locale=path.stem, charset="utf-8", fuzzy=False)
    for sentence, place in _places().items():
        catalog.add(
            sentence,
            old.get(sentence, "" if isinstance(sentence, str) else ("",) * catalog.num_plurals),
            locations=[(place, 0)],
            flags=("python-brace-format",) if "{" in sentence[-1] or "{" in sentence else (),
        )
    out = io.BytesIO()
    write_po(out, catalog, width=140, omit_header=True, include_lineno=False)
    header = (
        f'msgid ""\nmsgstr ""\n"Language: {path.stem}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    path.write_bytes(header.encode() + out.getvalue())


def _key(id: Any) -> Sentence:
    return id if isinstance(id, str) else (str(id[0]), str(id[1]))


if __name__ == "__main__":
    for each in sorted((repository.ROOT / "content/locale").glob("*.po")):
        update(each)
