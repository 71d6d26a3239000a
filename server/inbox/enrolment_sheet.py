"""URL and QR code of an enrolment sheet, which a facilitator scans or types. Used by the console."""

from __future__ import annotations

import io

import segno
from markupsafe import Markup


def phone_url(url: str, channel: str) -> str:
    """The page of one's own phone. `url`: the site's address."""
    return f"{url.rstrip('/')}/{channel}/phone"


def enrolment_url(url: str, channel: str, code: str) -> str:
    """The enrolment URL; no server or log receives the code, which is in the fragment. `url`: the site's address."""
    return f"{phone_url(url, channel)}#enrol={code}"


def draw_qr_svg(text: str) -> Markup:
    """A QR code as SVG without inline styles, which the content security policy would refuse."""
    buffer = io.BytesIO()
    segno.make(text, error="m").save(buffer, kind="svg", xmldecl=False, svgns=True, nl=False, omitsize=True, border=2)
    return Markup(buffer.getvalue().decode())  # noqa: S704  (segno's own drawing)
