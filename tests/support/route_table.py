"""Every address of the server with its methods, from the table of routes. Used by tests that walk all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from starlette.routing import BaseRoute, Mount, Route

from server.routes import ROUTES

_SPLIT = re.compile(r"(\{\w+\})")
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass(frozen=True, slots=True)
class Address:
    """`path` has its parameters in braces, without convertors: `/feed/{channel}/pages`."""

    method: str
    path: str

    @property
    def parameters(self) -> list[str]:
        return _PARAMETER.findall(self.path)

    def matches(self, path: str) -> bool:
        """True for a path of this address."""
        pattern = "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in _SPLIT.split(self.path))
        return re.fullmatch(pattern, path) is not None

    def fill(self, **values: str) -> str:
        """The path with values for its parameters; "x" where none is given."""
        return _PARAMETER.sub(lambda match: values.get(match[1], "x"), self.path)


def list_addresses() -> list[Address]:
    """All addresses, each once for each method; HEAD is left out, for it is GET."""
    return list(dict.fromkeys(_flatten(ROUTES, "")))


def _flatten(routes: Iterable[BaseRoute], prefix: str) -> Iterator[Address]:
    for route in routes:
        if isinstance(route, Mount):
            yield from _flatten(route.routes, prefix + route.path)
        elif isinstance(route, Route):
            path = prefix + _PARAMETER.sub(r"{\1}", route.path)
            for method in sorted((route.methods or {"POST"}) - {"HEAD"}):
                yield Address(method, path)
