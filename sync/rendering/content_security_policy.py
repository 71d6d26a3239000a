"""The content security policy of reader pages: in a meta element of the shell, and as a header sent by the server."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from sync.canonical import base64url_decode, digest


def build_policy(css: str, hubs: Sequence[str] = ()) -> str:
    """Allow the site's own scripts and the inline style `css` alone. `hubs`: https origins that the app may call.

    Hubs are listed, instead of allowing https, so that a script can send data only to the site and to hubs named in the
    signed shell. A new hub reaches phones with the next edition.
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
