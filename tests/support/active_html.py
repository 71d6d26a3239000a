"""Search HTML for anything that would run as code. Used by the tests of hostile texts and of injection."""

from __future__ import annotations

import re
from html.parser import HTMLParser


class ActiveHtmlFinder(HTMLParser):
    """Finds scripts other than the console's, event handlers, `javascript:` addresses and inline styles."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            code = name in ("href", "src", "action") and (value or "").startswith(("javascript:", "data:"))
            if name.startswith("on") or name == "style" or code:
                self.faults.append(f"{tag} {name}={value}")
        if tag == "script" and dict(attrs).get("src") != "/console/assets/console.js":
            self.faults.append(tag)
        if tag in ("style", "object", "embed", "base"):
            self.faults.append(tag)


def find_active_html(html: str) -> list[str]:
    judge = ActiveHtmlFinder()
    judge.feed(html)
    return judge.faults + (["49"] if "{{7*7}}" not in html and re.search(r"onerror.{0,20}49", html) else [])
