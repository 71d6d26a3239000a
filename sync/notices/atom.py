"""An Atom feed (RFC 4287) of notices, the last changed first, for radios, fact-checkers and readers of feeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.etree import ElementTree as Tree

from sync.documents.code_labels import VERDICTS
from sync.documents.model import Notice, Site
from sync.locale import Language
from sync.notices.claim_review import ReviewedNotice

ATOM_NAMESPACE = "http://www.w3.org/2005/Atom"
ATOM_TYPE = "application/atom+xml"
MAX_ENTRIES = 100  # of the last changed: the JSON feed has all
UNDATED = "2026-01-01"  # a feed must name a moment; a notice without a day of change gets this one


def write_atom(
    reviewed_notices: Sequence[ReviewedNotice], site: Site, site_url: str, language_of: Callable[[str], Language]
) -> bytes:
    newest = sorted(reviewed_notices, key=lambda reviewed: (reviewed.changed, reviewed.url), reverse=True)[:MAX_ENTRIES]
    feed = Tree.Element("feed", {"xmlns": ATOM_NAMESPACE})
    _add_text(feed, "id", _tag(site, "notices"))
    _add_text(feed, "title", site.name)
    _add_text(feed, "updated", _moment(max((reviewed.changed for reviewed in newest), default="")))
    author = Tree.SubElement(feed, "author")
    _add_text(author, "name", site.name)
    Tree.SubElement(feed, "link", {"rel": "self", "type": ATOM_TYPE, "href": f"{site_url}/notices.atom"})
    if site.licence:
        Tree.SubElement(feed, "link", {"rel": "license", "href": site.licence})
    for reviewed in newest:
        _add_entry(feed, reviewed, site, language_of(reviewed.notice.lang))
    return bytes(Tree.tostring(feed, "utf-8", xml_declaration=True))


def _add_entry(feed: Tree.Element, reviewed: ReviewedNotice, site: Site, language: Language) -> None:
    notice = reviewed.notice
    entry = Tree.SubElement(feed, "entry", {"xml:lang": notice.lang})
    _add_text(entry, "id", _tag(site, f"notices/{notice.slug}/{notice.lang}"))
    _add_text(entry, "title", f"{language(VERDICTS[notice.verdict])} : {notice.title}")
    _add_text(entry, "updated", _moment(reviewed.changed))
    _add_text(entry, "summary", "\n".join(_summary_lines(notice, language)))
    Tree.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": reviewed.url})
    Tree.SubElement(entry, "category", {"term": notice.verdict, "label": language(VERDICTS[notice.verdict])})


def _summary_lines(notice: Notice, language: Language) -> list[str]:
    lines = [f"{language('Ce que dit le message')} : {notice.claim}"]
    if notice.generic:
        lines.append(language("Modèle général, pas un cas précis."))
    corrections = [
        f"{language('Corrigé le {date}', date=language.date(correction.day))} : {correction.text}"
        for correction in notice.corrections
    ]
    return [*lines, *([notice.summary] if notice.summary else []), *corrections]


def _tag(site: Site, path: str) -> str:
    """A tag URI (RFC 4151): the same under whatever address the feed is asked for."""
    return f"tag:{site.id},2026:{path}"


def _moment(day: str) -> str:
    return f"{day or UNDATED}T00:00:00Z"


def _add_text(parent: Tree.Element, name: str, text: str) -> None:
    Tree.SubElement(parent, name).text = text
