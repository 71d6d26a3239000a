"""Dead code: vulture over the product, templates counted as callers, with a list of explained exceptions."""

from __future__ import annotations

import re

from vulture import Vulture

from server.commands.cli import COMMANDS, KEY_COMMANDS
from tests.support import repository

MIN_CONFIDENCE = 60  # percent: everything vulture suspects
CALLED_BY_LIBRARIES = {
    # asyncio and httptools call a connection's callbacks
    "data_received",
    "eof_received",
    "on_header",
    "on_response_complete",
    "total_requests",
    # markdown-it's renderer and yaml's dumper call what they find by name
    "code_block",
    "hardbreak",
    "ignore_aliases",
    "renderToken",
    "softbreak",
    "validateLink",
    # html.parser calls what it meets
    "handle_data",
    "handle_charref",
    "handle_entityref",
    "handle_startendtag",
    # starlette's convertors, router and form parser
    "on_end",
    "redirect_slashes",
    "regex",
    # attributes that libraries read: tarfile, Pillow, PyAV, couchdb-python, openpyxl, starlette, exceptions
    "MAX_IMAGE_PIXELS",
    "__cause__",
    "background",
    "connection_pool",
    "data_type",
    "layout",
    "sample_rate",
    "mode",
    "pts",
    # expat calls what is assigned
    "EndElementHandler",
    "StartDoctypeDeclHandler",
    "StartElementHandler",
    # click takes commands by their decorator, and lists them
    "enrol_",
    "export_",
    "format_commands",
    "import_",
    "import_message",
    "import_reviews",
    "open_",
}
FIELDS_READ_BY_NAME = {
    # of documents and alerts: schemas, CAP and exports walk the dataclass
    "effective",
    "onset",
}
READERS_SIDE = {
    # twins of what phones do: the vectors hold both languages to them
    "join_frames",
    "write_frames",
    "seal_attachment",
    "verify_payload",
}
FOR_TESTS = {
    "in_danger",  # of a complaint path: its vectors begin with the question
    "DETAILS",  # the journal's words for details: templates look them up, a test holds them complete
    "run_once",  # one turn of the fan-out: tests and the bench drive it
}
ALLOWED = CALLED_BY_LIBRARIES | FIELDS_READ_BY_NAME | READERS_SIDE | FOR_TESTS


def template_words() -> set[str]:
    """Names that the product's templates use."""
    texts = [repository.text(path) for path in repository.under("server", "sync", ends=".html")]
    tags = re.findall(r"\{[{%].*?[%}]\}", "\n".join(texts), re.DOTALL)
    return {word for tag in tags for word in re.findall(r"[A-Za-z_]\w*", tag)}


def command_names() -> set[str]:
    """Names of commands that the command line imports by address."""
    return {target.address.rpartition(":")[2] for target in (*COMMANDS.values(), *KEY_COMMANDS.values())}


def suspects() -> dict[str, str]:
    """Names that vulture finds unused, each with its file."""
    vulture = Vulture()
    vulture.scavenge([str(repository.ROOT / folder) for folder in ("server", "sync")])
    items = vulture.get_unused_code(min_confidence=MIN_CONFIDENCE)
    return {item.name: str(item.filename.relative_to(repository.ROOT)) for item in items}


def test_nothing_is_there_that_nothing_uses() -> None:
    used = template_words() | command_names() | ALLOWED
    assert {name: path for name, path in suspects().items() if name not in used} == {}


def test_the_exceptions_are_still_needed() -> None:
    assert ALLOWED - suspects().keys() == set()
