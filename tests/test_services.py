"""Every service has an entry in the application's state and an accessor with its type."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from server.web.app_state import HasApp
from tests.support import repository
from tests.support.small_site import running_site

pytestmark = pytest.mark.anyio


def accessors() -> dict[str, Callable[[Any], Any]]:
    by_name: dict[str, Callable[[Any], Any]] = {}
    for path in repository.under("server", ends=".py"):
        name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for function_name, function in inspect.getmembers(importlib.import_module(name), inspect.isfunction):
            if function_name.endswith("_of") and HasApp in get_type_hints(function).values():
                by_name[function_name] = function
    return by_name


class Asked:
    def __init__(self, app: Any) -> None:
        self.app = app


async def test_each_accessor_finds_the_service_of_its_type(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        services = {name: accessor(Asked(site.app)) for name, accessor in accessors().items()}
        for name, accessor in accessors().items():
            kind = get_type_hints(accessor)["return"]
            if isinstance(kind, type) and not getattr(kind, "_is_protocol", False):
                assert isinstance(services[name], kind), name
        entries = {id(entry) for entry in site.app.state._state.values()}
        assert {id(service) for service in services.values()} == entries, "an entry without an accessor, or the reverse"
