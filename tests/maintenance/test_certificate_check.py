"""The doctor on the certificate for CAP messages: missing is fine, ending is said, ended or unusable is wrong."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from server.maintenance.certificate_check import check_cap_certificate
from tests.support.cap_certificates import FROM, UNTIL, write_cap_certificate
from tests.support.small_site import running_site

DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "findings"),
    [
        (FROM - DAY, [("cap-certificate-not-valid", True)]),
        (FROM + DAY, []),
        (UNTIL - 31 * DAY, []),
        (UNTIL - 20 * DAY, [("cap-certificate-ends", False)]),
        (UNTIL + DAY, [("cap-certificate-not-valid", True)]),
    ],
)
def test_its_days_are_told_in_time(tmp_path: Path, now: datetime.datetime, findings: list[tuple[str, bool]]) -> None:
    path = write_cap_certificate(tmp_path / "cap.pem", ec.generate_private_key(ec.SECP256R1()))
    checked = check_cap_certificate(str(path), now)
    assert [(finding.code, finding.is_problem) for finding in checked] == findings
    assert all(finding.values["date"] == "2027-11-01" for finding in checked)


def test_a_site_without_one_has_nothing_wrong_and_an_unusable_one_is_named(tmp_path: Path) -> None:
    assert check_cap_certificate("", FROM) == []
    [finding] = check_cap_certificate(str(tmp_path / "missing.pem"), FROM)
    assert (finding.code, finding.is_problem) == ("cap-certificate-unusable", True)


@pytest.mark.anyio
async def test_the_doctor_asks_for_it(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        settings = dataclasses.replace(site.services.settings, cap_certificate=str(tmp_path / "missing.pem"))
        findings = await dataclasses.replace(site.services, settings=settings).doctor.examine()
        assert "cap-certificate-unusable" in [finding.code for finding in findings]
