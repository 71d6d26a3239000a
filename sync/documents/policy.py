"""The content security policy of reader pages: the shell carries it in a meta element, the server sends the same as a header."""
from __future__ import annotations

import base64
from collections.abc import Sequence

from sync.canonical import decode, digest


def content_policy(css: str, hubs: Sequence[str] = ()) -> str:
    """Own scripts only, and of inline styles only this one. `hubs`: https addresses of other servers the app may sync with."""
    style = base64.b64encode(decode(digest(css))).decode("ascii")
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": f"'sha256-{style}'",
        "img-src": "'self' data:",
        "media-src": "'self' blob:",
        "connect-src": " ".join(("'self'", *(hub for hub in hubs if hub.startswith("https://")))),
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
    }
    return ";".join(f"{name} {value}" for name, value in rules.items())
