"""Write twins.json, texts about which readers of two languages could disagree: `python -m tests.vectors.make_twins`.

Each case says by hand whether it is taken; what is read from a taken one is Python's reading.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from sync.canonical import base64url_encode, canonical, digest
from tests.support.twin_forms import FORMS
from tests.support.twin_verdicts import python_verdict
from tests.vectors.make import save

SITE = "exemple.ml"
D = digest("un")
SIGNATURE = base64url_encode(bytes(64))
UNKNOWN = "version-unknown"
Case = tuple[str, bool | str, dict[str, Any]]  # why; taken, or the code of the refusal; the case


def statement_cases() -> Iterator[Case]:
    values = ["kunnafoni-edition/1", SITE, "fr-ML", 1, 1795514400, "2026-11-24", "", D, D, D]
    good = canonical(values).decode()

    def case(why: str, taken: bool | str, text: str) -> Case:
        return why, taken, {"kind": "statement", "text": text}

    yield case("a statement", True, good)
    for why, first in (("a number", "9007199254740991"), ("null", "null"), ("a list", '["kunnafoni-edition/1"]')):
        yield case(f"{why} in the place of its name", UNKNOWN, good.replace('"kunnafoni-edition/1"', first))
    yield case("an empty list", UNKNOWN, "[]")
    yield case("another name", UNKNOWN, good.replace("edition/1", "edition/2"))
    yield case("digits of another script in its date", False, good.replace("2026-11", "２026-11"))
    yield case("a fraction that is whole", False, good.replace(",1,", ",1.0,"))
    yield case("a number past 2^53", False, good.replace("1795514400", "9007199254740993"))
    yield case("NaN", False, good.replace("1795514400", "NaN"))
    yield case("a line feed at the end of its site", False, good.replace("exemple.ml", "exemple.ml\\n"))
    yield case("a blank of its own", False, good.replace(",", ", ", 1))


def patch_cases() -> Iterator[Case]:
    for why, taken, text in (
        ("a whole number written as a fraction", True, '[1.0,"x "]'),
        ("a whole number with an exponent", True, "[1e0]"),
        ("minus nothing", False, "[-0]"),
        ("half a word", False, "[0.5]"),
        ("NaN", False, "[NaN]"),
        ("a boolean", False, "[true]"),
        ("a number past 2^53", False, "[9007199254740993]"),
        ("half a character", False, '["\\ud83d"]'),
        ("two halves that would make a character", False, '["\\ud83d","\\ude00"]'),
        ("a character in two escapes", True, '["\\ud83d\\ude00"]'),
    ):
        yield f"a patch: {why}", taken, {"kind": "patch", "old": "un mot ", "text": text}


def feed_cases() -> Iterator[Case]:
    body = "Accueil\n<p>ɛ"
    manifest = f"index {digest(body)}\n"
    statement = canonical(
        ["kunnafoni-edition/1", SITE, "fr-ML", 1, 2, "2026-11-24", "", D, digest(manifest), digest("")]
    ).decode()
    header = {"v": 1, "statement": statement, "signature": SIGNATURE, "base": "", "first": 1, "count": 1, "bytes": 9}
    line = {"path": "index", "body": body}

    def case(why: str, taken: bool | str, head: str, change: str) -> Case:
        base: dict[str, Any] = {"before": None, "statement": "", "bodies": {}}
        return f"a feed: {why}", taken, {"kind": "feed", "lines": [head, change], "base": base}

    head, change = json.dumps(header), json.dumps(line)
    yield case("as it is", True, head, change)
    yield case("counts written as fractions", True, head.replace('"count": 1', '"count": 1.0'), change)
    yield case("what is absent is nothing", True, head.replace('"base": "", ', "").replace(', "bytes": 9', ""), change)
    yield case("a false count", False, head.replace('"count": 1', '"count": true'), change)
    yield case("null for a list", False, head.replace('"v": 1', '"v": 1, "gone": null'), change)
    yield case("a version as text", UNKNOWN, head.replace('"v": 1', '"v": "1"'), change)
    yield case("a version that is true", UNKNOWN, head.replace('"v": 1', '"v": true'), change)
    yield case("NaN where nobody looks", False, head.replace('"v": 1', '"v": 1, "autre": NaN'), change)
    yield case("a huge number where nobody looks", True, head.replace('"v": 1', '"v": 1, "x": ' + "9" * 400), change)
    yield case("a byte-order mark", False, "\ufeff" + head, change)
    yield case("a key twice, the last counts", True, head, change.replace("{", '{"body": "x", ', 1))
    yield case("null for no index", True, head, change.replace("{", '{"at": null, ', 1))
    yield case("half a character", False, head, change.replace("Accueil", "\\\\ud800"))


def json_cases() -> Iterator[Case]:
    for why, taken, text in (
        ("a whole fraction", True, '{"a":1.0}'),
        ("minus nothing", True, "[-0]"),
        ("half a character", False, '["\\ud800"]'),
        ("a key of half a character", False, '{"\\ud800":1}'),
        ("the key of every object", True, '{"__proto__":{"a":1}}'),
        ("keys that look like indexes", True, '{"2":1,"10":1}'),
        ("a fraction", False, "[0.5]"),
        ("2^53", False, "[9007199254740992]"),
        ("2^53 - 1", True, "[9007199254740991]"),
        ("Infinity", False, "[Infinity]"),
        ("a control character", False, '["\t"]'),
        ("a line separator", True, '["\u2028\x7f"]'),
    ):
        yield f"JSON: {why}", taken, {"kind": "canonical", "text": text}


def submission_cases() -> Iterator[Case]:
    value = {
        "v": 1,
        "nonce": base64url_encode(bytes(16)),
        "site": SITE,
        "form": "visite",
        "version": D,
        "day": "2026-11-24",
        "lang": "fr",
        "place": "ML-5",
        "answer": D,
        "answers": {},
    }
    for why, taken, change in (
        ("as it is", True, {}),
        ("digits of another script in its day", "submission-malformed", {"day": "２026-11-24"}),
        ("a day that does not exist", "submission-malformed", {"day": "2026-02-29"}),
        ("the year 999", "submission-malformed", {"day": "0999-11-24"}),
        ("the key of every object", "submission-malformed", {"__proto__": {}}),
        ("a version that is true", "submission-malformed", {"v": True}),
        ("version 2", UNKNOWN, {"v": 2}),
    ):
        text = canonical(value | change).decode()
        yield f"a submission: {why}", taken, {"kind": "submission", "text": text}


def answers_cases() -> Iterator[Case]:
    for why, form, answers in (
        ("a point with zeros in front", 1, {"ici": "007.12 008.00"}),
        ("a point of nothing", 1, {"ici": "-0.00 0.00"}),
        ("unknown names that look like indexes", 0, {"10": "x", "2": "x"}),
        ("an unknown name of many wide characters", 0, {"😀" * 90: "x"}),
        ("minus nothing", 0, {"mot": "a", "somme": "-0"}),
        ("a name that every object has", 0, {"constructor": "x"}),
        ("a choice twice", 2, {"avis": "oui", "tous": ["oui", "oui"]}),
    ):
        text = json.dumps(answers, ensure_ascii=False)
        case = {"kind": "answers", "form": FORMS[form], "text": text, "day": "2026-11-24", "files": 0}
        yield f"answers: {why}", True, case


def line_cases() -> Iterator[Case]:
    receipt = canonical({"id": D, "receipt": ["2026-11-24", 1, SIGNATURE]}).decode()
    piece = canonical({"file": D, "at": 1, "data": "AAAA"}).decode()
    for why, taken, text in (
        ("a receipt", True, receipt),
        ("a receipt of epoch 1.0", True, receipt.replace(",1,", ",1.0,")),
        ("a receipt of epoch 0", False, receipt.replace(",1,", ",0,")),
        ("a receipt of a day in another script", False, receipt.replace("2026", "２026")),
        ("a receipt with more", False, receipt.replace("]", ",1]")),
        ("a receipt of three characters", False, canonical({"id": D, "receipt": "abc"}).decode()),
        ("a receipt as a list", False, f"[{receipt}]"),
    ):
        yield why, taken, {"kind": "receipt line", "text": text}
    for why, taken, text in (
        ("a piece", True, piece),
        ("a piece numbered 1.0", True, piece.replace('"at":1', '"at":1.0')),
        ("a piece numbered true", False, piece.replace('"at":1', '"at":true')),
        ("a piece past the largest attachment", False, piece.replace('"at":1', '"at":86')),
        ("a piece in the other base64", False, piece.replace("AAAA", "AA+/")),
        ("a piece with bits too many", False, piece.replace("AAAA", "AB")),
        ("a submission whose signature is null", True, '{"submission":"x","signature":null}'),
        ("a submission of half a character", False, '{"submission":"\\ud800"}'),
        ("a byte-order mark", False, "\ufeff" + piece),
        ("nothing", False, ""),
    ):
        yield f"a line: {why}", taken, {"kind": "request line", "text": text}


def bundle_cases() -> Iterator[Case]:
    payload = base64.b64encode(b'{"submission":"x"}\n\n').decode()
    head = f"kunnafoni-bundle/1 {SITE}"
    for why, taken, text in (
        ("as it is", True, f"{head}\n# x\n{payload}\n"),
        ("empty lines, blanks, carriage returns", True, f"\ufeff\r\r\n {head} \t\r\t# x\r{payload[:4]} {payload[4:]}"),
        ("receipts", True, f"kunnafoni-receipts/1 {SITE}\n{payload}\n"),
        ("another version", UNKNOWN, f"kunnafoni-bundle/2 {SITE}\n{payload}\n"),
        ("a version of four digits", False, f"kunnafoni-bundle/1000 {SITE}\n{payload}\n"),
        ("another site", False, f"kunnafoni-bundle/1 autre.ml\n{payload}\n"),
        ("two byte-order marks", False, f"\ufeff\ufeff{head}\n{payload}\n"),
        ("a no-break space in the base64", False, f"{head}\n{payload[:4]}\u00a0{payload[4:]}\n"),
        ("a line separator for a line end", False, f"{head}\u2028{payload}\n"),
        ("a form feed for a line end", False, f"{head}\x0c{payload}\n"),
        ("a comment after a wide blank", False, f"{head}\n\u3000# x\n{payload}\n"),
        ("bits that stand for nothing", False, f"{head}\nQQ==\nQR==\n"),
        ("bits too many", False, f"{head}\nQR==\n"),
        ("no padding", False, f"{head}\nQQ\n"),
        ("nothing inside", True, head),
    ):
        yield f"a bundle: {why}", taken, {"kind": "bundle", "text": text, "site": SITE}


def alert_cases() -> Iterator[Case]:
    values: list[Any] = ["kunnafoni-alert/1", SITE, 1, "a", "a", "Actual", "Alert", "fr", "h", "t", "z", "Severe", 1, 2]
    for why, taken, at, value in (
        ("as it is", True, 0, "kunnafoni-alert/1"),
        ("its name in a list", False, 0, ["kunnafoni-alert/1"]),
        ("its site in a list", False, 1, [SITE]),
        ("its epoch as text", False, 2, "1"),
        ("sent before 1970", False, 12, -1),
        ("a severity of two", False, 11, "Severe,Minor"),
        ("a headline in a list", False, 8, ["h"]),
    ):
        text = canonical([*values[:at], value, *values[at + 1 :]]).decode()
        yield f"an alert: {why}", taken, {"kind": "alert", "text": text, "site": SITE, "epoch": 1}


def typed_cases() -> Iterator[Case]:
    for text in (
        "36xk p2wo",
        "36XK\u00a0P2W0",
        "36XK\u202fP2WO\n",
        "36XK\x1cP2WO",
        "36XK\u3000P2WO",
        "36XK\ufeffP2WO",
        "３6XKP2WO",
    ):
        yield f"a code typed {json.dumps(text)}", True, {"kind": "code", "text": text, "length": 8}
    for text in (
        " 12\t",
        "\u00a012",
        "１2",
        "1_000",
        "1e3",
        "2026-11-2４",
        ".5",
        "5.",
        "+5",
        "0x10",
        "infinity",
        "nan",
    ):
        yield f"a number typed {json.dumps(text)}", True, {"kind": "number", "text": text}
    for text in ("guides/a", "guides/é", "guides/a\n", "a/b/c/d/e", "_shell", "_shell/a", ""):
        yield f"a path {json.dumps(text)}", True, {"kind": "path", "text": text}


def plaintext_cases() -> Iterator[Case]:
    plain = '{"answers":{},"keys":[],"types":[]}'
    for why, taken, text in (
        ("as it is", True, plain + " " * 9),
        ("a line feed for padding", False, plain + "\n"),
        ("no-break spaces for padding", False, plain + "\u00a0"),
        ("the key of every object", False, plain.replace('"keys"', '"__proto__":{},"keys"')),
    ):
        yield f"a plaintext: {why}", taken, {"kind": "plaintext", "text": text, "files": 0}


def form_cases() -> Iterator[Case]:
    form = FORMS[0]
    for why, taken, value in (
        ("as it is", True, form),
        ("a list may hold a name twice", True, form | {"v": 2}),
        ("another version", UNKNOWN, form | {"v": 3}),
        ("an unknown type", UNKNOWN, form | {"items": [{"q": "a", "type": "hologramme"}]}),
        ("a type that every object has", UNKNOWN, form | {"items": [{"q": "a", "type": "constructor"}]}),
        ("no items", UNKNOWN, form | {"items": None}),
        ("null for an item", UNKNOWN, form | {"items": [None]}),
        ("a list for a form", UNKNOWN, [form]),
        ("null", UNKNOWN, None),
    ):
        version = digest(canonical(value))
        yield f"a form: {why}", taken, {"kind": "form", "text": json.dumps(value), "version": version}
    yield "a form: another digest", False, {"kind": "form", "text": json.dumps(form), "version": D}


def cases() -> list[dict[str, Any]]:
    made = []
    for group in (
        *(statement_cases, patch_cases, feed_cases, json_cases, submission_cases, answers_cases, line_cases),
        *(bundle_cases, alert_cases, typed_cases, plaintext_cases, form_cases),
    ):
        for why, taken, case in group():
            verdict = python_verdict(case)
            expected = {"refused": taken or ""} if taken is not True else verdict
            assert verdict == expected and ("value" in verdict) == (taken is True), (why, verdict)
            made.append({"why": why, "case": case, "verdict": verdict})
    return made


def main() -> None:
    save("twins", cases())


if __name__ == "__main__":
    main()
