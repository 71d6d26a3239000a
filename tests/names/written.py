"""Names written as strings in the sources, found by their form, independent of identifiers around them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import click

from sync.canonical import digest
from tests.support import repository
from tests.support.server_process import command_group
from tests.support.translatable_sentences import translatable_sentences

PYTHON = tuple(repository.under("server", "sync", ends=".py"))
TYPESCRIPT = tuple(path for path in repository.under("pwa/src", ends=".ts"))
TEMPLATES = tuple(repository.under("server", "sync", ends=".html"))

CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
RECORD = re.compile(r"([a-z]+(?:-[a-z]+)*):")
NO_RECORDS = {
    "http",
    "https",
    "couchdb",
    "couchdbs",
    "sqlite",
    "mailto",
    "tag",
    "urn",
    "jr",
    "lang",
    "country",
    "csrf",
    "recovery",
}
SELECTOR = re.compile(r"\.(?:querySelector(?:All)?|closest|getElementById)(?:<[^>]*>)?\(\s*([\"'`])(.*?)\1")
DATASET = re.compile(r"\bdataset(?:\.(\w+)|\[\"(\w+)\"\])")
DESTRUCTURED_DATASET = re.compile(r"\{([^{}]*)\} = [\w.]+\.dataset")
MESSAGE = re.compile(r"""postMessage\((?:"([\w-]+)"|\{ (\w+))|\bdata === "([\w-]+)"|"(\w+)" in data\b""")
TAG = re.compile(r"""\bregister\("([\w-]+)"|\btag === "([\w-]+)"|\btag: "([\w-]+)\"""")
STORAGE_KEY = re.compile(r"(?:session|local)Storage\.\w+\(\s*(\w+|\"[^\"]*\")")
OWN_NAMES = re.compile(r"""["'`](kunnafoni[\w/-]*)""")
OPENED_CACHE = re.compile(r"caches\.open\(\s*(?!cacheName\b)(\w+|\"[^\"]*\")")  # cacheName: one that keys() found


@cache
def written_names() -> dict[str, Any]:
    """The names by kind."""
    sentences = sorted(translatable_sentences())
    return {
        "error codes": sorted(set(_codes())),
        "journal deeds": _table_with("signed-in", "published"),
        "journal details": _table_with("writers", "severity"),
        "record prefixes": sorted({match for text in _texts() if (match := _record(text))}),
        "own names": sorted({name for text in _quoted() for name in OWN_NAMES.findall(text)}),
        "settings": sorted(set(re.findall(r"KUNNAFONI_[A-Z_]+", repository.text("deploy/kunnafoni.env.example")))),
        "addresses": sorted({row for path in PYTHON for row in _addresses(path)}),
        "commands": _commands(command_group(), "kunnafoni"),
        "sentences": {"count": len(sentences), "digest": digest("\n".join(sentences))},
        "page selectors": sorted(
            {match for path in TYPESCRIPT for _, match in SELECTOR.findall(repository.text(path))}
        ),
        "page data": sorted({name for path in TYPESCRIPT for name in _dataset(repository.text(path))}),
        "page features": sorted(
            {name for path in TEMPLATES for name in re.findall(r'data-feature="?([\w-]+)', repository.text(path))}
        ),
        "worker messages": _found(MESSAGE),
        "worker tags": _found(TAG),
        "caches": sorted(
            {_constant(path, name) for path in TYPESCRIPT for name in OPENED_CACHE.findall(repository.text(path))}
        ),
        "session storage": sorted(
            {_constant(path, name) for path in TYPESCRIPT for name in STORAGE_KEY.findall(repository.text(path))}
        ),
    }


@cache
def _tree(path: str) -> ast.Module:
    return ast.parse(repository.text(path))


@cache
def _nodes(path: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(_tree(path)))


@cache
def _script(path: str) -> str:
    """A TypeScript source without comments."""
    return re.sub(r"/\*.*?\*/|(?m:^\s*//.*$)", "", repository.text(path), flags=re.DOTALL)


def _codes() -> Iterator[str]:
    """Every error code that is followed by its sentence."""
    for path in PYTHON:
        for call in _calls(path):
            texts = [
                argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else ""
                for argument in call.args
            ]
            for code, sentence in pairwise(texts):
                if CODE.fullmatch(code) and re.match(r"[A-ZÀ-Ý«{]", sentence) and " " in sentence:
                    yield code


def _calls(path: str) -> Iterator[ast.Call]:
    return (node for node in _nodes(path) if isinstance(node, ast.Call))


def _table_with(*keys: str) -> list[str]:
    """The keys of the one dict literal that contains `keys`."""
    tables = [
        names
        for path in PYTHON
        for node in _nodes(path)
        if isinstance(node, ast.Dict)
        if set(keys) <= (names := {str(key.value) for key in node.keys if isinstance(key, ast.Constant)})
    ]
    assert len(tables) == 1, f"{len(tables)} tables hold {keys}"
    return sorted(tables[0])


@cache
def _texts() -> tuple[str, ...]:
    """String literals and the parts of f-strings, without docstrings."""
    texts = []
    for path in PYTHON:
        nodes = _nodes(path)
        docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        literals = (node for node in nodes if isinstance(node, ast.Constant) and id(node) not in docstrings)
        texts += [node.value for node in literals if isinstance(node.value, str)]
    return tuple(texts)


def _quoted() -> Iterator[str]:
    """The string literals of Python in quotes, and the scripts."""
    yield from (f'"{text}"' for text in _texts())
    yield from map(_script, TYPESCRIPT)


def _record(text: str) -> str:
    """The prefix of a string that is or begins a record id, else ""."""
    match = RECORD.match(text)
    return match[1] if match and " " not in text and match[1] not in NO_RECORDS else ""


def _addresses(path: str) -> Iterator[str]:
    """The paths in calls that route to an endpoint, with their methods."""
    for node in _nodes(path):
        is_redirect = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "redirect"
        if (
            isinstance(node, ast.Call)
            and not is_redirect
            and len(node.args) >= 2
            and not isinstance(node.args[1], ast.Constant)
        ):
            address = _formatted(node.args[0])
            if address.startswith("/") and " " not in address:
                named = [
                    argument
                    for argument in (*node.args[2:], *(word.value for word in node.keywords if word.arg == "methods"))
                    if isinstance(argument, (ast.Tuple, ast.List))
                ]
                methods = [
                    item.value
                    for argument in named
                    for item in argument.elts
                    if isinstance(item, ast.Constant) and str(item.value).isupper()
                ]
                yield " ".join([address, *map(str, methods)])


def _formatted(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _commands(command: click.Command, name: str) -> list[str]:
    """Every command with its arguments and options."""
    if isinstance(command, click.Group):
        return [line for sub in sorted(command.commands) for line in _commands(command.commands[sub], f"{name} {sub}")]
    words = [
        parameter.human_readable_name if isinstance(parameter, click.Argument) else "/".join(parameter.opts)
        for parameter in command.params
    ]
    return [" ".join([name, *words])]


def _dataset(text: str) -> Iterator[str]:
    for groups in DATASET.findall(text):
        yield "".join(groups)
    for names in DESTRUCTURED_DATASET.findall(text):
        yield from (re.split(r"[:=]", name)[0].strip() for name in names.split(","))


def _found(form: re.Pattern[str]) -> list[str]:
    return sorted({"".join(groups) for path in TYPESCRIPT for groups in form.findall(_script(path))})


def _constant(path: str, name: str) -> str:
    """A string literal, or the value of the constant with this name."""
    if name.startswith('"'):
        return name.strip('"')
    for source in (path, *TYPESCRIPT):
        if match := re.search(rf"\bconst {name} = ([\"'`].*?[\"'`]|[^;\n]+)", repository.text(source)):
            value = match[1].strip("\"'`")
            return f"{_constant(source, value.split(' + ')[0])}*" if " + " in value else value
    raise AssertionError(f"{path}: {name} is no constant")
