"""The known weaknesses of the locked packages, asked of whoever keeps lists of them.

    python -m deploy.release.audit

pip-audit asks OSV or else the package index about requirements/*.txt, npm audit asks npm's registry about the two
package-lock.json. With every question goes one about a package whose weakness has been known for years: only who knows
that one has answered, for a mirror of packages says "nothing known" and has no list. `make audit` fails for a weakness
that was found and is not accepted in accepted_advisories.json; where nobody answers it says so, and does not fail.
"""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.release.audit_answers import (
    AdvisoryMatch,
    AuditAnswer,
    join_answers,
    read_npm_answer,
    read_pip_answer,
    write_npm_canary,
    write_requirements,
)
from deploy.release.served_packages import ROOT

PYTHON_LOCKS = ("serve.txt", "test.txt", "node.txt")
NPM_FOLDERS = ("pwa", "tests/peers")
ACCEPTED = Path(__file__).with_name("accepted_advisories.json")
PATIENCE = 600  # seconds for one program: a hundred questions on a slow line


@dataclass(frozen=True, slots=True)
class AcceptedAdvisory:
    """A weakness that does not reach this program, with the reason, until a day on which it is to be judged anew."""

    advisory: str
    package: str
    reason: str
    until: datetime.date


def read_accepted(text: str) -> list[AcceptedAdvisory]:
    return [
        AcceptedAdvisory(row["advisory"], row["package"], row["reason"], datetime.date.fromisoformat(row["until"]))
        for row in json.loads(text)
    ]


def ask_about_python(locks: Sequence[str], service: str, osv_url: str = "") -> AuditAnswer:
    """An answer about the pinned packages of the texts of lock files, from "osv" or from "pypi" (the package index)."""
    with tempfile.TemporaryDirectory() as folder:
        answers = []
        for text in write_requirements(locks):
            file = Path(folder) / "requirements.txt"
            file.write_text(text, "utf-8")
            command = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "--format", "json"]
            command += ["--progress-spinner", "off", "--cache-dir", f"{folder}/cache", "--requirement", str(file)]
            command += ["--vulnerability-service", service, *(["--osv-url", osv_url] if osv_url else [])]
            answers.append(read_pip_answer(_run(command, Path(folder))))
            if not answers[-1].is_answered:
                break
        return join_answers(answers)


def ask_about_npm(folder: Path, registry: str = "") -> AuditAnswer:
    """An answer about the locked packages of a folder, from the registry of npm's settings unless one is named."""
    command = ["npm", "audit", "--json", "--package-lock-only", *(["--registry", registry] if registry else [])]
    with tempfile.TemporaryDirectory() as canary:
        write_npm_canary(Path(canary))
        return read_npm_answer(_run(command, Path(canary)), _run(command, folder))


def _run(command: list[str], folder: Path) -> str:
    """The output of a program; nothing if it cannot be run or does not end. Its exit code says no more."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def judge(
    answer: AuditAnswer, accepted: Iterable[AcceptedAdvisory], today: datetime.date
) -> tuple[list[AdvisoryMatch], list[AdvisoryMatch]]:
    """The weaknesses that are not accepted, and those that are."""
    valid = {(row.advisory, row.package) for row in accepted if today <= row.until}
    open_matches: list[AdvisoryMatch] = []
    accepted_matches: list[AdvisoryMatch] = []
    for match in answer.matches:
        known = any((name, match.package) in valid for name in (match.advisory, *match.aliases))
        (accepted_matches if known else open_matches).append(match)
    return open_matches, accepted_matches


def describe(subject: str, answer: AuditAnswer, open_matches: list[AdvisoryMatch], accepted: int) -> list[str]:
    """The lines of the report about one subject."""
    if not answer.is_answered:
        return [f"{subject}: no advisory source was reached: nothing was learned."]
    counted = f"{subject}: {answer.asked} packages asked, {len(open_matches)} known weaknesses"
    lines = [counted + (f", {accepted} more accepted." if accepted else ".")]
    if answer.unanswered:
        lines.append(f"  nothing was said of {', '.join(answer.unanswered)}")
    for match in open_matches:
        fixed = f"mended in {', '.join(match.fixed)}" if match.fixed else "no mended version is named"
        lines.append(f"  {match.package} {match.version}: {', '.join((match.advisory, *match.aliases))}; {fixed}")
    return lines


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="audit", description="asks for known weaknesses of the locked packages")
    parser.add_argument("--osv-url", default="", help="another server that speaks OSV's protocol")
    parser.add_argument("--registry", default="", help="another registry of npm")
    options = parser.parse_args(arguments)
    accepted = read_accepted(ACCEPTED.read_text("utf-8"))
    locks = [(ROOT / "requirements" / name).read_text("utf-8") for name in PYTHON_LOCKS]
    python = ask_about_python(locks, "osv", options.osv_url)
    if not python.is_answered and not options.osv_url:
        python = ask_about_python(locks, "pypi")
    answers = {"requirements": python} | {name: ask_about_npm(ROOT / name, options.registry) for name in NPM_FOLDERS}
    if not any(answer.is_answered for answer in answers.values()):
        print("No advisory source was reached: nothing was learned about the locked packages, good or bad.")
        return 0
    failed = False
    for subject, answer in answers.items():
        open_matches, accepted_matches = judge(answer, accepted, datetime.datetime.now(datetime.UTC).date())
        print("\n".join(describe(subject, answer, open_matches, len(accepted_matches))))
        failed = failed or bool(open_matches)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
