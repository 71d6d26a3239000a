"""The content security policy of reader pages: the shell carries it in a meta element, the server sends the same as a header."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from sync.canonical import base64url_decode, digest


def build_policy(css: str, hubs: Sequence[str] = ()) -> str:
    """Own scripts only, and of inline styles only this one. `hubs`: https origins of other servers the app may ask.

    Why hubs by name and not any https: what a script could send out of the phone goes to the site and to those that the site itself
    names, and this frame is signed. A hub is added by publishing; phones take it with their next edition.
    """
    style = base64.b64encode(base64url_decode(digest(css))).decode("ascii")
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": f"'sha256-{style}'",
        "img-src": "'self' data:",
        "media-src": "'self' blob:",
        "connect-src": " ".join(("'self'", *hubs)),
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
    }
    return ";".join(f"{name} {value}" for name, value in rules.items())
