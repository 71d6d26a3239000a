"""The enrolment sheet's address and QR code: what a facilitator scans, or types from paper."""

from __future__ import annotations

import io

import segno


def enrolment_url(url: str, channel: str, code: str) -> str:
    """The code stands after #, so that no server and no log ever gets it. `url`: the site's public address."""
    return f"{url.rstrip('/')}/{channel}/phone#enrol={code}"


def draw_qr_svg(text: str) -> str:
    """The code as SVG for a printed sheet, without a line that a policy would refuse."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", xmldecl=False, svgns=True, nl=False, omitsize=True, border=2)
    return out.getvalue().decode()
