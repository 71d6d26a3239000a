"""The doctor's check of the certificate for CAP messages: usable, and for how long."""

from __future__ import annotations

import datetime
from pathlib import Path

from server.keys.cap_certificate import load_cap_certificate
from server.maintenance.finding import Finding, finding_of
from sync.errors import KunnafoniError

RENEWAL_NOTICE = datetime.timedelta(days=30)  # an authority may take weeks


def check_cap_certificate(path: str, now: datetime.datetime) -> list[Finding]:
    """`path`: "" on a machine without a certificate, where nothing is wrong."""
    if not path:
        return []
    try:
        certificate = load_cap_certificate(Path(path))
    except KunnafoniError as error:
        return [finding_of(error)]
    values = {"path": path, "date": certificate.expires.date().isoformat()}
    if not certificate.is_valid(now):
        return [
            Finding(
                "cap-certificate-not-valid",
                "Les messages CAP partent sans signature : le certificat {path} n’est pas valide aujourd’hui "
                "(fin : {date}).",
                "Mettez-en un autre à sa place et relancez le serveur : voir « Sign CAP messages » "
                "dans deploy/RUNBOOK.md.",
                values=values,
            )
        ]
    if now + RENEWAL_NOTICE < certificate.expires:
        return []
    return [
        Finding(
            "cap-certificate-ends",
            "Le certificat {path}, qui signe les messages CAP, finit le {date}.",
            "Demandez-en un autre à temps : ceux qui lisent les messages doivent le connaître avant.",
            False,
            values,
        )
    ]
