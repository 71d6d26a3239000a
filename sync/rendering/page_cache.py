"""The digests of pages that were rendered before, by the key of everything that went in.

A page is a pure function of the inputs that `ChannelView.render_page` encodes here: templates see nothing else. A cache
never changes what is rendered, only whether it is. `server.publishing.kept_pages` keeps caches in the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any

from sync.canonical import digest
from sync.locale import Language

_PLAIN_TYPES = frozenset((bool, int, float))
_MEMORIZED_LENGTH = 200  # characters of an encoding; longer ones are replaced by their digest


@dataclass(slots=True)
class InputDigests:
    """Encodings of values, each computed once for all channels: documents and catalogs are the same objects.

    `sizes`: of bodies by key, measured once too.
    """

    sizes: dict[str, int] = field(default_factory=dict)
    _by_identity: dict[int, tuple[Any, str]] = field(default_factory=dict)  # with the value, whose id stays taken

    def encode(self, value: Any) -> str:
        """An injective text of a value. Raises TypeError for a type without one, so that no input is overlooked."""
        kind: Any = type(value)
        if kind is str:
            named = self._by_identity.get(id(value)) if len(value) > _MEMORIZED_LENGTH else None
            return named[1] if named else f"{len(value)}:{value}"
        if kind is tuple or kind is list:
            return f"({''.join(map(self.encode, value))})"
        if value is None or kind in _PLAIN_TYPES:
            return f"{value!r};"
        memorized = self._by_identity.get(id(value))
        if memorized is not None:
            return memorized[1]
        if isinstance(value, str):  # Markup
            return f"{kind.__name__}{len(value)}:{value}"
        if kind is Language:
            return self._memorize(value, f"Language({self.encode(value.code)}{self._encode_catalog(value.texts)})")
        if kind is dict:
            return self._encode_mapping(value)
        if is_dataclass(value):
            parts = [self.encode(getattr(value, name)) for name in _field_names(kind)]
            return self._memorize(value, f"{kind.__name__}({''.join(parts)})")
        if isinstance(value, Mapping):
            return self._encode_mapping(value)
        raise TypeError(f"no encoding of {kind.__name__}")

    def name_document(self, document: Any, record: str, rev: str) -> None:
        """Encode a document, and its long `body` beside it, by the revision of its record, which determines both."""
        name = self.encode((record, rev))
        self._by_identity[id(document)] = document, f"@document{name}"
        if body := getattr(document, "body", ""):
            self._by_identity[id(body)] = body, f"@body{name}"

    def _encode_mapping(self, value: Mapping[Any, Any]) -> str:
        return f"{{{''.join(self.encode(key) + self.encode(item) for key, item in value.items())}}}"

    def _encode_catalog(self, texts: Mapping[str, str]) -> str:
        """The encoding of a catalog, which languages share."""
        memorized = self._by_identity.get(id(texts))
        return memorized[1] if memorized else self._memorize(texts, self._encode_mapping(texts))

    def _memorize(self, value: Any, text: str) -> str:
        text = text if len(text) <= _MEMORIZED_LENGTH else f"#{digest(text)}"
        self._by_identity[id(value)] = value, text
        return text


@cache
def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


@dataclass(slots=True)
class PageCache:
    """`kept`: digests of bodies by key, of earlier renderings. `used`: those of this rendering, kept and new.

    `renderer`: everything else that decides the bytes, such as the program's version.
    """

    renderer: str
    kept: Mapping[str, str] = field(default_factory=dict)
    inputs: InputDigests = field(default_factory=InputDigests)
    used: dict[str, str] = field(default_factory=dict)

    def key(self, *inputs: Any) -> str:
        return digest(self.renderer + self.inputs.encode(inputs))

    def find(self, key: str) -> str | None:
        """The digest of the body of a page rendered before; it is used from now on."""
        name = self.kept.get(key)
        if name is not None:
            self.used[key] = name
        return name
