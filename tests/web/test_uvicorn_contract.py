"""The internals of uvicorn and httptools that `server/web/http_connection.py` relies on.

The pins of pyproject.toml keep both at one minor version; raised, they meet these tests first.
"""

from __future__ import annotations

from importlib.metadata import version
from inspect import signature

import httptools
import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from server.web.http_connection import HttpConnection
from tests.support import repository
from tests.support.held_connections import GET

OVERRIDDEN = {  # methods that uvicorn, its event loop and its parser call
    "connection_made",
    "connection_lost",
    "data_received",
    "eof_received",
    "pause_writing",
    "resume_writing",
    "shutdown",
    "on_message_begin",
    "on_headers_complete",
    "on_body",
    "on_message_complete",
    "on_response_complete",
}
ANSWERED = [  # what uvicorn's on_response_complete names, in its order
    "server_state",
    "total_requests",
    "transport",
    "is_closing",
    "flow",
    "resume_reading",
    "pipeline",
    "pop",
    "_start_asgi_task",
]
UVICORNS_TIMER = {
    "_unset_keepalive_if_required",
    "loop",
    "call_later",
    "timeout_keep_alive",
    "timeout_keep_alive_handler",
    "timeout_keep_alive_task",
}


def test_uvicorn_is_the_one_these_connections_were_written_for() -> None:
    names = set(HttpToolsProtocol.__init__.__code__.co_names)
    assert {"parser", "flow", "pipeline", "cycle", "connections", "server_state"} <= names
    assert vars(HttpConnection).keys() & vars(HttpToolsProtocol).keys() >= OVERRIDDEN
    assert "_start_asgi_task" in vars(HttpToolsProtocol)
    completing = HttpToolsProtocol.on_response_complete.__code__.co_names
    assert [name for name in completing if name not in UVICORNS_TIMER] == ANSWERED
    cycle = set(RequestResponseCycle.__init__.__code__.co_names)
    assert {"disconnected", "keep_alive", "message_event", "response_started", "response_complete"} <= cycle
    assert {"connections", "default_headers"} <= vars(ServerState()).keys()
    config = signature(uvicorn.Config).parameters
    assert {"http", "ws", "timeout_keep_alive", "timeout_graceful_shutdown"} <= config.keys()


def test_an_error_in_a_callback_of_the_parser_stops_it_and_is_told() -> None:
    class Callbacks:
        def on_headers_complete(self) -> None:
            raise LookupError

    with pytest.raises(httptools.HttpParserError) as raised:
        httptools.HttpRequestParser(Callbacks()).feed_data(GET)
    assert isinstance(raised.value.__context__, LookupError)


@pytest.mark.parametrize("name", ["uvicorn", "httptools"])
def test_the_pin_allows_one_minor_version(name: str) -> None:
    major, minor, *_ = version(name).split(".")
    assert f'"{name}>={major}.{minor},<{major}.{int(minor) + 1}"' in repository.text("pyproject.toml")
