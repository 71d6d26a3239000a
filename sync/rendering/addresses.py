"""Addresses of a channel's pages. Internal Markdown links become relative addresses, or plain text without a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sync.rendering.document_selection import ChannelSelection

FIXED_PATHS = (
    "index",
    "danger",
    "guides",
    "notices",
    "complaints",
    "authorities",
    "search",
    "phone",
    "about",
    "settings",
    "languages",
)
RECOMMENDATIONS = "recommendations"  # the path of their list, in channels that have some


@dataclass(frozen=True, slots=True)
class Addresses:
    """`paths`: the paths in this channel that Markdown may link to."""

    paths: frozenset[str]

    @classmethod
    def for_channel(cls, selection: ChannelSelection, topics: tuple[str, ...], harms: tuple[str, ...]) -> Addresses:
        return cls(
            frozenset(
                (
                    *FIXED_PATHS,
                    *(f"guides/{entry.document.slug}" for entry in selection.guides),
                    *(f"notices/{entry.document.slug}" for entry in selection.notices),
                    *(f"{RECOMMENDATIONS}/{entry.document.slug}" for entry in selection.recommendations),
                    *((RECOMMENDATIONS,) if selection.recommendations else ()),
                    *(f"topics/{slug}" for slug in topics),
                    *(f"complaints/{harm}" for harm in harms),
                )
            )
        )

    def link_resolver(self, page: str) -> Callable[[str], str | None]:
        """A function for `to_html`: the relative address on `page` of a target such as `guide:slug`, or None."""

        def link(target: str) -> str | None:
            kind, _, slug = target.partition(":")
            path = slug if kind == "page" else f"{kind}s/{slug}"
            return relative_address(page, path) if path in self.paths else None

        return link


def relative_address(page: str, path: str) -> str:
    """The shortest relative address of `path` on `page`; `index` is the channel's folder."""
    source, target = page.split("/")[:-1], path.split("/")
    shared = 0
    while shared < min(len(source), len(target) - 1) and source[shared] == target[shared]:
        shared += 1
    up = "../" * (len(source) - shared)
    return (up or "./") if path == "index" else up + "/".join(target[shared:])
