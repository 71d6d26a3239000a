"""Previews of drafts that anybody with a link may ask for: each is made once, and one at a time.

The preview of a document of facts renders a channel twice, which is too much to repeat for each look of a phone.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import anyio

from server.web.app_state import HasApp
from server.writing.preview import Preview
from sync.alerts.library_with_alerts import Library

MAX_PREVIEWS = 16  # in memory, of at most BODY_LIMIT and a shell each

PreviewKey = tuple[str, str, str]  # a document's id, the digest of its draft, the language of sentences about errors
PreviewResult = Preview | list[str]


@dataclass
class PreviewCache:
    """Previews of one library: they go with the first approval after them."""

    _library: Library | None = None
    _previews: OrderedDict[PreviewKey, PreviewResult] = field(default_factory=OrderedDict)
    _lock: anyio.Lock = field(default_factory=anyio.Lock)

    async def get(
        self, library: Library, key: PreviewKey, make: Callable[[], Awaitable[PreviewResult]]
    ) -> PreviewResult:
        """The preview of a draft, made by `make` unless it is known. An error of `make` is not kept."""
        async with self._lock:
            if library is not self._library:
                self._library = library
                self._previews.clear()
            if key not in self._previews:
                self._previews[key] = await make()
                if len(self._previews) > MAX_PREVIEWS:
                    self._previews.popitem(last=False)
            self._previews.move_to_end(key)
            return self._previews[key]


def preview_cache_of(request: HasApp) -> PreviewCache:
    cache: PreviewCache = request.app.state.preview_cache
    return cache
