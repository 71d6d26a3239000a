"""Minification of HTML: omits what the HTML standard makes optional, because pages travel over slow networks.

Only for HTML made by our templates, `to_html` and escaping: well formed, attributes in double quotes without `>`.
"""

from __future__ import annotations

import re

_OPTIONAL_END = re.compile(r"</(?:p|li|dt|dd|thead|tbody|tr|th|td)>")
_TAG = re.compile(r"(<[^>]*>)")
_NEEDLESS_QUOTES = re.compile(r"""=\"([^\s"'`=<>]+)\"(?=[\s>])""")


def minify(html: str) -> str:
    """Remove optional end tags and quotes, and unescape apostrophes and quotation marks where that is safe."""
    parts = _TAG.split(_OPTIONAL_END.sub("", html))
    parts[::2] = [unescape_text(text) for text in parts[::2]]
    parts[1::2] = [_NEEDLESS_QUOTES.sub(r"=\1", tag.replace("&#39;", "'")) for tag in parts[1::2]]
    return "".join(parts)


def unescape_text(text: str) -> str:
    """Unescape apostrophes and quotation marks in text between tags."""
    return text.replace("&#39;", "'").replace("&#34;", '"').replace("&quot;", '"')
