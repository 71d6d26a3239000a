"""A table of the content by kind, language and review state. Run by `make check`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping

from sync.documents.readability import ease, words
from sync.rendering.document_selection import LocalizedDocument, is_draft
from tests.support import content_figures, site_texts

STATES = ("original", "reviewed", "draft")


def review_state(document: LocalizedDocument) -> str:
    """`original`, `reviewed` or `draft`."""
    site = site_texts.library().site
    if document.lang == site.lang:
        return "original"
    return "draft" if is_draft(document, site) else "reviewed"


def coverage_table() -> str:
    library = site_texts.library()
    counted: Counter[tuple[str, str, str]] = Counter()
    by_kind: dict[str, Mapping[tuple[str, str], LocalizedDocument]] = {
        "guides": library.guides,
        "notices": library.notices,
        "recommendations": library.recommendations,
        "templates": library.templates,
    }
    for kind, documents in by_kind.items():
        for document in documents.values():
            counted[kind, document.lang, review_state(document)] += 1
    counted.update(("audio scripts", script.name.partition(".")[0], "original") for script in site_texts.scripts())
    rows = sorted({(kind, lang) for kind, lang, _ in counted})
    lines = [f"{'content':<16}{'lang':<6}" + "".join(f"{state:>10}" for state in STATES)]
    lines += [
        f"{kind:<16}{lang:<6}" + "".join(f"{counted[kind, lang, state] or '-':>10}" for state in STATES)
        for kind, lang in rows
    ]
    for name, texts in (("routes", library.routes), ("authorities", library.authorities), ("places", library.places)):
        lines.append(f"{name:<16}{library.site.lang:<6}{len(texts):>10}  {' '.join(texts)}")
    everything = "\n".join(text.text for text in site_texts.written())
    lines.append(
        f"guides and notices in French: {len(words(everything))} words, "
        f"reading ease {ease(everything):.0f} (Kandel and Moles)"
    )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(coverage_table() + content_figures.figures())
