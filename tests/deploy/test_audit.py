"""The audit: only a source that knows a weakness known for years has answered, and only findings fail."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.release import audit
from deploy.release.audit_answers import (
    NPM_CANARY,
    PYTHON_CANARY,
    AdvisoryMatch,
    AuditAnswer,
    read_npm_answer,
    read_pip_answer,
    write_requirements,
)
from tests.support import repository
from tests.support.fake_advisory_sources import AdvisorySources, advisory_sources, npm_advisory, osv_record

LOCK = """\
starlette==1.2.0 \\
    --hash=sha256:00
av==18.1.0 ; python_full_version < '3.12' \\
    --hash=sha256:00
av==19.0.2 ; python_full_version >= '3.12' \\
    --hash=sha256:00
"""
TODAY = datetime.date(2026, 12, 1)


@pytest.fixture
def sources() -> Iterator[AdvisorySources]:
    with advisory_sources() as running:
        running.python[" ".join(PYTHON_CANARY)] = [osv_record(PYTHON_CANARY[0], "GHSA-0000-old", "1.2.2")]
        running.npm[NPM_CANARY[0]] = [npm_advisory(1, "GHSA-0000-old", "<0.2.1")]
        yield running


def ask_python(sources: AdvisorySources, lock: str) -> AuditAnswer:
    return audit.ask_about_python([lock], "osv", f"{sources.url}/v1/query")


def npm_folder(folder: Path, **packages: str) -> Path:
    locked = {f"node_modules/{name}": {"version": version} for name, version in packages.items()}
    package = {"name": "app", "version": "1.0.0", "dependencies": packages}
    (folder / "package.json").write_text(json.dumps(package))
    lock = {"name": "app", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": package, **locked}}
    (folder / "package-lock.json").write_text(json.dumps(lock))
    return folder


def test_a_weakness_of_a_locked_package_is_found(sources: AdvisorySources) -> None:
    sources.python["starlette 1.2.0"] = [osv_record("starlette", "GHSA-0000-new", "1.3.1")]
    match = AdvisoryMatch("starlette", "1.2.0", "CVE-0000-new", ("GHSA-0000-new",), ("1.3.1",))
    assert ask_python(sources, "starlette==1.2.0 \\\n") == AuditAnswer(True, 1, (match,))


@pytest.mark.soak
def test_every_locked_version_of_a_package_is_asked_about(sources: AdvisorySources) -> None:
    sources.python["av 19.0.2"] = [osv_record("av", "GHSA-0000-new", "19.0.3")]
    answer = ask_python(sources, LOCK)
    assert answer.asked == 3
    assert [(match.package, match.version) for match in answer.matches] == [("av", "19.0.2")]


def test_a_source_that_says_nothing_of_an_old_weakness_has_not_answered(
    sources: AdvisorySources,
) -> None:
    sources.is_silent = True
    assert ask_python(sources, "starlette==1.2.0 \\\n") == AuditAnswer(is_answered=False)


@pytest.mark.soak
def test_a_registry_that_says_nothing_or_refuses_has_not_answered(sources: AdvisorySources, tmp_path: Path) -> None:
    folder = npm_folder(tmp_path, idb="8.0.4")
    sources.is_silent = True
    assert audit.ask_about_npm(folder, sources.url) == AuditAnswer(is_answered=False)
    sources.is_silent, sources.refuses = False, True
    assert audit.ask_about_npm(folder, sources.url) == AuditAnswer(is_answered=False)


@pytest.mark.soak
def test_npm_finds_what_the_registry_knows(sources: AdvisorySources, tmp_path: Path) -> None:
    sources.npm["idb"] = [npm_advisory(7, "GHSA-0000-idb", "<9")]
    answer = audit.ask_about_npm(npm_folder(tmp_path, idb="8.0.4", minisearch="7.2.0"), sources.url)
    assert answer == AuditAnswer(True, 2, (AdvisoryMatch("idb", "<9", "GHSA-0000-idb"),))


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "<html>",
        "[]",
        json.dumps({"message": "405 Method Not Allowed", "statusCode": 405, "error": {"summary": ""}}),
        json.dumps({"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {"dependencies": {"total": 9}}}),
    ],
)
def test_a_refusal_and_an_empty_answer_of_npm_are_no_answer(printed: str) -> None:
    assert not read_npm_answer(printed, printed).is_answered


@pytest.mark.parametrize(
    "printed",
    [
        "",
        json.dumps({"dependencies": []}),
        json.dumps({"dependencies": [{"name": "django", "version": "1.2", "vulns": []}]}),
        json.dumps({"dependencies": [{"name": "django", "skip_reason": "not found on the index"}]}),
    ],
)
def test_packages_that_nobody_found_are_no_finding_of_none(printed: str) -> None:
    assert not read_pip_answer(printed).is_answered


def test_a_package_that_the_source_does_not_know_is_named() -> None:
    canary = {"name": PYTHON_CANARY[0], "version": PYTHON_CANARY[1], "vulns": [{"id": "old", "fix_versions": []}]}
    rows = [canary, {"name": "ours", "skip_reason": "not found"}, {"name": "theirs", "version": "1", "vulns": []}]
    answer = read_pip_answer(json.dumps({"dependencies": rows}))
    assert audit.describe("requirements", answer, [], 0) == [
        "requirements: 2 packages asked, 0 known weaknesses.",
        "  nothing was said of ours",
    ]


def test_an_accepted_weakness_counts_again_after_its_day() -> None:
    match = AdvisoryMatch("idb", "<9", "GHSA-0000-idb")
    row = {"advisory": "GHSA-0000-idb", "package": "idb", "reason": "a test's", "until": "2026-12-01"}
    accepted = audit.read_accepted(json.dumps([row]))
    answer = AuditAnswer(True, 1, (match,))
    assert audit.judge(answer, accepted, TODAY) == ([], [match])
    assert audit.judge(answer, accepted, TODAY + datetime.timedelta(days=1)) == ([match], [])
    assert audit.judge(answer, [], TODAY) == ([match], [])


def test_each_accepted_weakness_has_its_reason() -> None:
    assert all(len(row.reason) > 40 for row in audit.read_accepted(audit.ACCEPTED.read_text("utf-8")))


def test_every_pinned_package_is_asked_about_once() -> None:
    locks = [repository.text(f"requirements/{name}") for name in audit.PYTHON_LOCKS]
    asked = [line for text in write_requirements(locks) for line in text.splitlines()]
    canary = "==".join(PYTHON_CANARY)
    packages = [line for line in asked if line != canary]
    pinned = {line for lock in locks for line in re.findall(r"^[a-z][\w.-]*==[^\s;]+", lock, re.MULTILINE)}
    assert asked.count(canary) == 2  # av has two versions, and pip-audit takes one at a time
    assert set(packages) == pinned
    assert len(packages) == len(pinned)


def test_only_findings_fail_and_silence_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    python, npm = AuditAnswer(is_answered=False), AuditAnswer(is_answered=False)
    monkeypatch.setattr(audit, "ask_about_python", lambda *_: python)
    monkeypatch.setattr(audit, "ask_about_npm", lambda *_: npm)
    assert audit.main([]) == 0
    silence = capsys.readouterr().out
    assert silence.count("\n") == 1
    assert "No advisory source was reached" in silence
    npm = AuditAnswer(True, 5)
    assert audit.main([]) == 0
    assert "pwa: 5 packages asked, 0 known weaknesses." in capsys.readouterr().out
    npm = AuditAnswer(True, 5, (AdvisoryMatch("idb", "<9", "GHSA-0000-idb"),))
    assert audit.main([]) == 1
    assert "GHSA-0000-idb" in capsys.readouterr().out
