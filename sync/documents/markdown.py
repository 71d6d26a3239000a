"""Markdown of documents as HTML, and its links, raw HTML and plain text for checks and search.

CommonMark with tables and without raw HTML; nh3 sanitizes the output of `to_html`. The output is compact and stable:
equal Markdown gives equal bytes, and a changed paragraph changes only itself, as phones download editions as patches.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from sync.documents import pictograms
from sync.documents.pictograms import PICTOGRAMS

CACHE_SIZE = 4096  # texts with their HTML: some tens of megabytes

LINK_KINDS = ("guide", "notice", "recommendation", "complaint", "topic", "page")

_TAGS = {
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "br",
    "hr",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "code",
    "strong",
    "em",
    "a",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
_ATTRIBUTES = {"h2": {"id"}, "a": {"href", "rel", "data-feature", "data-bytes"}, "ol": {"start"}}
PICTURED_CLASS = "pic"  # of a list item that begins with a pictogram
_TOP_HEADING = 2
_LOWEST_HEADING = 6
MEDIA_NAME = re.compile(r"[A-Za-z0-9_-]{43}\.(?:webp|opus)")
PICTOGRAM_REFERENCE = re.compile(r"pictogram:([a-z-]{1,40})")
_PICTOGRAM_MARK = re.compile("\ue000([a-z-]{1,40})\ue001")
_INTERNAL = re.compile(rf"({'|'.join(LINK_KINDS)}):([a-z0-9-]{{1,60}})")


@dataclass(frozen=True, slots=True)
class MarkdownLink:
    """A link, or an image if `image`; `line` counts from 1 within the text.

    `kind` and `slug` are set for a link to a document of the site.
    """

    target: str
    line: int
    image: bool = False
    kind: str = ""
    slug: str = ""


class _MarkdownParser(MarkdownIt):
    """CommonMark with tables. Every address is parsed as a link, so that this module decides which ones stay."""

    def __init__(self, html: bool) -> None:
        super().__init__("commonmark", {"html": html}, renderer_cls=_CompactRenderer)
        self.enable("table")

    def validateLink(self, url: str) -> bool:  # noqa: N802  (the library's name)
        return True


class _CompactRenderer(RendererHTML):
    """HTML without line breaks between blocks, without classes and styles."""

    def renderToken(  # noqa: N802  (the library's name)
        self,
        tokens: Sequence[Token],
        idx: int,
        options: Any,
        env: MutableMapping[str, Any],
    ) -> str:
        token = tokens[idx]
        if token.hidden:
            return ""
        if token.nesting == -1:
            return f"</{token.tag}>"
        return f"<{token.tag}{self.renderAttrs(token)}>"

    def softbreak(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        return " "

    def hardbreak(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        return "<br>"

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        """The label; for a pictogram a mark in private signs, which `_render` replaces after the sanitizer."""
        named = PICTOGRAM_REFERENCE.fullmatch(str(tokens[idx].attrGet("src") or ""))
        if named:
            return f"\ue000{named[1]}\ue001"
        return escapeHtml(self.renderInlineAsText(tokens[idx].children, options, env))

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        return f"<pre><code>{escapeHtml(tokens[idx].content.rstrip())}</code></pre>"

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        return self.fence(tokens, idx, options, env)


_PAGE_PARSER = _MarkdownParser(html=False)
_HTML_PARSER = _MarkdownParser(html=True)


@dataclass(frozen=True, slots=True)
class MediaLink:
    """The link that replaces an image or a recording. Its label gives the size; a phone loads it on a tap only."""

    label: str
    bytes: int


def to_html(
    markdown: str,
    resolve_link: Callable[[str], str | None],
    resolve_media: Callable[[str, str], MediaLink | None] = lambda name, label: None,
) -> str:
    """The HTML fragment of `markdown`, headings starting at h2.

    `resolve_link` maps an internal target such as `guide:mot-de-passe` to its address; None if the channel has no
    such page, which leaves the text of the link. `resolve_media` maps the name and the label of
    `![label](media:NAME)` to its link; None leaves the label. Other links than https become their text.
    """
    media = tuple((reference, resolve_media(*reference)) for reference in _find_media(markdown))
    return _render(markdown, tuple((target, resolve_link(target)) for target in find_targets(markdown)), media)


@lru_cache(CACHE_SIZE)
def _find_media(markdown: str) -> tuple[tuple[str, str], ...]:
    """Name and label of every image and recording of the text."""
    children = (
        child for token in _PAGE_PARSER.parse(markdown) for child in token.children or () if child.type == "image"
    )
    return tuple(dict.fromkeys(_media_reference(child) for child in children if _media_reference(child)[0]))


def find_media_names(markdown: str) -> list[str]:
    return [name for name, _ in _find_media(markdown)]


@lru_cache(CACHE_SIZE)
def find_targets(markdown: str) -> tuple[str, ...]:
    """The target of every link of the text to a page of the site, each once."""
    return tuple(dict.fromkeys(link.target for link in find_internal_links(markdown)))


@lru_cache(CACHE_SIZE)
def _render(
    markdown: str,
    addresses: tuple[tuple[str, str | None], ...],
    media: tuple[tuple[tuple[str, str], MediaLink | None], ...],
) -> str:
    """Cached, because the channels of one language show the same texts with the same links."""
    tokens = _PAGE_PARSER.parse(markdown)
    _shift_headings(tokens)
    for token in tokens:
        if token.children:
            token.children = list(_resolve(token.children, dict(addresses).get, dict(media).get))
    _mark_pictured_items(tokens)
    html = _PAGE_PARSER.renderer.render(tokens, _PAGE_PARSER.options, {})
    html = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"https"},
        link_rel=None,
        allowed_classes={"li": {PICTURED_CLASS}},
    )
    html = html.replace("&nbsp;", "\u00a0")  # as templates write it: a third of the bytes
    return _PICTOGRAM_MARK.sub(lambda match: pictograms.use(match[1]) if match[1] in PICTOGRAMS else "", html)


def _mark_pictured_items(tokens: Sequence[Token]) -> None:
    """Give list items that begin with a pictogram their class."""
    for item, paragraph, inline in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if item.type == "list_item_open" and paragraph.type == "paragraph_open" and inline.children:
            first = inline.children[0]
            if first.type == "image" and PICTOGRAM_REFERENCE.fullmatch(str(first.attrGet("src") or "")):
                item.attrSet("class", PICTURED_CLASS)


@lru_cache(CACHE_SIZE)
def to_text(markdown: str) -> str:
    """The visible text, one line per paragraph, heading, item or cell, for search, similarity and reading level."""
    blocks: list[str] = []
    for token in _PAGE_PARSER.parse(markdown):
        if token.type == "inline":
            blocks.append("".join(_plain_text(token.children or ())).strip())
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content.strip())
    return "\n".join(block for block in blocks if block)


def find_links(markdown: str) -> list[MarkdownLink]:
    """Every link and image of `markdown`, in order."""
    links: list[MarkdownLink] = []
    lines = markdown.split("\n")
    for token in _PAGE_PARSER.parse(markdown):
        if token.type == "inline":
            start, end = token.map or [0, len(lines)]
            for line, child in _with_line_numbers(token.children or (), start):
                if child.type in ("link_open", "image"):
                    target = str(child.attrGet("href") or child.attrGet("src") or "")
                    line = next(
                        (number for number in range(line, min(end, len(lines))) if target in lines[number]), line
                    )
                    internal = _INTERNAL.fullmatch(target)
                    kind, slug = internal.groups() if internal and child.type == "link_open" else ("", "")
                    links.append(MarkdownLink(target, line + 1, child.type == "image", kind, slug))
    return links


def find_internal_links(markdown: str) -> list[MarkdownLink]:
    """The links of `markdown` to other documents of the site, in order."""
    return [link for link in find_links(markdown) if link.kind]


def find_raw_html(markdown: str) -> list[int]:
    """The lines, from 1, of raw HTML in `markdown`, comments included."""
    lines: list[int] = []
    for token in _HTML_PARSER.parse(markdown):
        start = token.map[0] if token.map else 0
        if token.type == "html_block":
            lines.append(start + 1)
        lines.extend(
            line + 1 for line, child in _with_line_numbers(token.children or (), start) if child.type == "html_inline"
        )
    return list(dict.fromkeys(lines))


def _with_line_numbers(children: Sequence[Token], line: int) -> Iterator[tuple[int, Token]]:
    for child in children:
        yield line, child
        line += child.type in ("softbreak", "hardbreak") or child.content.count("\n")


def _plain_text(children: Sequence[Token]) -> Iterator[str]:
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            yield " "
        elif child.type == "image":
            yield from _plain_text(child.children or ())
        else:
            yield child.content


def _shift_headings(tokens: Sequence[Token]) -> None:
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    shift = _TOP_HEADING - min((int(token.tag[1]) for token in headings), default=_TOP_HEADING)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) + shift, _LOWEST_HEADING)}"
    parts = [token for token in headings if token.type == "heading_open" and token.tag == f"h{_TOP_HEADING}"]
    for number, token in enumerate(parts, 1):
        token.attrSet("id", f"s{number}")  # where results of search lead


def _resolve(
    children: Sequence[Token],
    resolve_link: Callable[[str], str | None],
    resolve_media: Callable[[tuple[str, str]], MediaLink | None],
) -> Iterator[Token]:
    are_kept: list[bool] = []  # for each open link
    for child in children:
        if child.type == "link_open":
            attributes = _link_attributes(str(child.attrGet("href") or ""), resolve_link)
            are_kept.append(attributes is not None)
            child.attrs = dict(attributes or {})
        is_image = child.type == "image" and not any(are_kept)
        media_link = resolve_media(_media_reference(child)) if is_image else None
        if media_link:
            yield from _media_link_tokens(child, media_link)
        elif child.type not in ("link_open", "link_close") or are_kept[-1]:
            yield child
        if child.type == "link_close":
            are_kept.pop()


def _media_reference(image: Token) -> tuple[str, str]:
    """The name of the image or recording ("" for any other address) and the label."""
    kind, _, name = str(image.attrGet("src") or "").partition(":")
    return name if kind == "media" and MEDIA_NAME.fullmatch(name) else "", "".join(_plain_text(image.children or ()))


def _media_link_tokens(image: Token, link: MediaLink) -> Iterator[Token]:
    yield Token(
        "link_open",
        "a",
        1,
        attrs={"data-feature": "media", "data-bytes": link.bytes, "href": f"/media/{_media_reference(image)[0]}"},
    )
    yield Token("text", "", 0, content=link.label)
    yield Token("link_close", "a", -1)


def _link_attributes(target: str, resolve_link: Callable[[str], str | None]) -> dict[str, str | int | float] | None:
    if target.startswith("https://"):
        return {"href": target}
    address = resolve_link(target) if _INTERNAL.fullmatch(target) else None
    return None if address is None else {"href": address}
