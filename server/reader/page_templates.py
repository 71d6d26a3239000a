"""Templates of the pages that the server writes for browsers without script."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template


@cache  # compiled once a process, however many sites it serves
def load_template(name: str) -> Template:
    """A template of the folder `templates` beside this file; what is put into it is escaped."""
    folder = Path(__file__).with_name("templates")
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template(name)
