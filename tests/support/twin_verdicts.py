"""The verdict of each of Python's readers over a case, and of the phone's: pwa/test/support/twin-verdicts.ts.

A verdict is `{"value": …}` or `{"refused": code}`, the code "" where the wire names none.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sync.alerts.push_payload import parse_alert_text
from sync.canonical import base64url_encode, canonical
from sync.editions.edition_statement import Statement, parse_statement
from sync.editions.feed import Edition
from sync.editions.feed_reader import read_feed
from sync.editions.manifest import parse_manifest
from sync.editions.page import is_page_path
from sync.editions.patch import apply_patch
from sync.errors import KunnafoniError, NotProven
from sync.forms.answer_checks import check_answers
from sync.forms.compiled_form import Form
from sync.forms.conversions import day_of, number_text, to_number
from sync.forms.version import read_form
from sync.json_text import parse_json
from sync.submissions.body_lines import BadLine, SubmissionLine, read_lines
from sync.submissions.bundle import BUNDLE_TAG, RECEIPTS_TAG, read_file
from sync.submissions.receipts import parse_receipt_line
from sync.submissions.sealing import parse_plaintext
from sync.submissions.submission import normalize_code, parse_submission
from tests.support import repository

TwinCase = Mapping[str, Any]
TwinVerdict = Mapping[str, Any]

NAMED_CODES = {"version-unknown", "submission-malformed", "submission-too-large"}


def python_verdict(case: TwinCase) -> TwinVerdict:
    values = {name: value for name, value in case.items() if name != "kind"}
    try:
        return {"value": READERS[case["kind"]](**values)}
    except KunnafoniError as error:
        return {"refused": error.code if error.code in NAMED_CODES else ""}
    except _NoJson:
        return {"refused": ""}


def phone_verdicts(cases: Iterable[TwinCase]) -> list[TwinVerdict]:
    """The verdicts of the phone's readers, one process for all cases."""
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    result = subprocess.run(
        ["node", "test/twins.mjs"],
        cwd=repository.ROOT / "pwa",
        input=lines,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.removesuffix("\n").split("\n")]


class _NoJson(Exception):
    """The text is refused before any rule of the wire is looked at."""


def _parse(text: str) -> Any:
    try:
        return parse_json(text)
    except ValueError as error:
        raise _NoJson from error


def _canonical(text: str) -> str:
    try:
        return canonical(_parse(text)).decode()
    except ValueError as error:
        raise _NoJson from error


def _statement(text: str) -> dict[str, Any]:
    statement = parse_statement(text)
    return {
        "text": "",
        "site": statement.site,
        "channel": statement.channel,
        "epoch": statement.epoch,
        "number": statement.number,
        "date": statement.date,
        "sealingKey": statement.sealing_key,
        "nextKeyDigest": statement.next_key_digest,
        "first": statement.first,
        "rest": statement.rest,
    }


def _patch(old: str, text: str) -> str:
    patch = _parse(text)
    if not isinstance(patch, list):
        raise _NoJson
    return apply_patch(old, patch)


def _feed(lines: list[str], base: Mapping[str, Any]) -> list[Any]:
    def accept(header: Mapping[str, Any]) -> Statement:
        return parse_statement(header["statement"])

    edition = None
    if base["before"]:
        statement, first, rest = base["before"]
        edition = Edition(parse_statement(base["statement"]), "", "", parse_manifest(first, rest))
        assert edition.id == statement
    bodies: Mapping[str, str] = base["bodies"]
    source = (line.encode() for line in lines)
    _, manifest, received = read_feed(source, accept, edition, lambda name: bodies.get(name, ""))
    return [*manifest.texts, sorted(received)]


def _answers(form: dict[str, Any], text: str, day: str, files: int) -> list[Any] | None:
    failure = check_answers(Form(form), _parse(text), day, files)
    return failure.as_json() if failure else None


def _form(text: str, version: str) -> str:
    read_form(text, version)
    return version


def _plaintext(text: str, files: int) -> str:
    try:
        raw = text.encode()
    except UnicodeEncodeError as error:
        raise _NoJson from error
    plaintext = parse_plaintext(raw, files, is_bound=True)
    keys = [base64url_encode(key) for key in plaintext.keys]
    return canonical([plaintext.answers, keys, list(plaintext.types)]).decode()


def _receipt_line(text: str) -> list[Any]:
    try:
        id, receipt = parse_receipt_line(text)
    except ValueError as error:
        raise _NoJson from error
    return [id, *receipt.as_json()]


def _request_line(text: str) -> list[Any]:
    [line] = read_lines(text.encode() + b"\n")
    if isinstance(line, BadLine):
        raise _NoJson
    if isinstance(line, SubmissionLine):
        return [line.text, line.signature]
    return [line.file, line.at, base64url_encode(line.data)]


def _bundle(text: str, site: str) -> list[Any]:
    try:
        return ["submissions", site, base64url_encode(read_file(BUNDLE_TAG, text, site))]
    except KunnafoniError as error:
        if error.code != "bundle-broken":
            raise
    return ["receipts", site, base64url_encode(read_file(RECEIPTS_TAG, text, site))]


def _alert(text: str, site: str, epoch: int) -> dict[str, Any]:
    statement, _, _ = f"{text}\nsignature".partition("\n")
    try:
        alert = parse_alert_text(statement)
    except NotProven as error:  # a phone shows nothing, whatever the reason
        raise _NoJson from error
    if (alert.site, alert.epoch) != (site, epoch):
        raise _NoJson
    return {
        "id": alert.id,
        "root": alert.root,
        "status": alert.status,
        "msgType": alert.msg_type,
        "lang": alert.lang,
        "headline": alert.headline,
        "text": alert.text,
        "area": alert.area,
        "severity": alert.severity,
        "sent": alert.sent,
        "expires": alert.expires,
    }


READERS: Mapping[str, Callable[..., Any]] = {
    "canonical": _canonical,
    "statement": _statement,
    "manifest": lambda first, rest: list(parse_manifest(first, rest).texts),
    "path": lambda text: is_page_path(text),
    "patch": _patch,
    "feed": _feed,
    "form": _form,
    "submission": lambda text: parse_submission(text).id,
    "answers": _answers,
    "plaintext": _plaintext,
    "receipt line": _receipt_line,
    "request line": _request_line,
    "bundle": _bundle,
    "alert": _alert,
    "code": lambda text, length: normalize_code(text, length),
    "number": lambda text: [number_text(to_number(text)), day_of(text) is not None],
}
