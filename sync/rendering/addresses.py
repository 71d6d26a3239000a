"""Where the pages of one channel are, and which links may be made: internal Markdown links become relative addresses or stay words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sync.rendering.document_selection import ChannelSelection

FIXED_PATHS = ("index", "guides", "notices", "complaints", "authorities", "search", "phone", "about", "languages")


@dataclass(frozen=True, slots=True)
class Addresses:
    """`paths`: every path that Markdown may lead to in this channel."""

    paths: frozenset[str]

    @classmethod
    def for_channel(cls, choice: ChannelSelection, topics: tuple[str, ...], harms: tuple[str, ...]) -> Addresses:
        return cls(
            frozenset(
                (
                    *FIXED_PATHS,
                    *(f"guides/{chosen.document.slug}" for chosen in choice.guides),
                    *(f"notices/{chosen.document.slug}" for chosen in choice.notices),
                    *(f"topics/{slug}" for slug in topics),
                    *(f"complaints/{harm}" for harm in harms),
                )
            )
        )

    def link_resolver(self, page: str) -> Callable[[str], str | None]:
        """What `to_html` asks on `page`: the relative address of `guide:slug`, or None where this channel has no such page."""

        def link(target: str) -> str | None:
            kind, _, slug = target.partition(":")
            path = slug if kind == "page" else f"{kind}s/{slug}"
            return relative_address(page, path) if path in self.paths else None

        return link


def relative_address(page: str, path: str) -> str:
    """The shortest address of `path` as written on `page`; `index` is the channel's folder itself."""
    here, there = page.split("/")[:-1], path.split("/")
    shared = 0
    while shared < min(len(here), len(there) - 1) and here[shared] == there[shared]:
        shared += 1
    up = "../" * (len(here) - shared)
    return (up or "./") if path == "index" else up + "/".join(there[shared:])
