"""Cases for the readers of both languages: valid texts of every kind, and what happens to them on a bad road.

Deterministic: the same seed gives the same cases. A case is JSON; see tests/support/twin_verdicts.py for its verdict.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sync.canonical import base64url_encode, canonical, digest
from sync.editions.edition_statement import Statement
from sync.editions.feed import Edition, write_feed
from sync.editions.manifest import build_manifest
from sync.editions.page import Page
from sync.json_text import parse_json
from tests.support.bent_texts import TextBender, canonical_or_json
from tests.support.twin_forms import FORMS

SITE = "exemple.ml"
DAY = "2026-11-24"
DIGESTS = [digest(str(number)) for number in range(6)]
PUBLIC_KEY = base64url_encode(b"\x04" + bytes(range(64)))
SIGNATURE = base64url_encode(bytes(64))


class CaseMaker(TextBender):
    """Makes the cases of one seed."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._makers: Mapping[str, Callable[[], dict[str, Any]]] = {
            "canonical": self.canonical,
            "statement": self.statement,
            "manifest": self.manifest,
            "path": self.path,
            "patch": self.patch,
            "feed": self.feed,
            "form": self.form,
            "submission": self.submission,
            "answers": self.answers,
            "plaintext": self.plaintext,
            "receipt line": self.receipt_line,
            "request line": self.request_line,
            "bundle": self.bundle,
            "alert": self.alert,
            "code": self.code,
            "number": self.number,
        }

    @property
    def kinds(self) -> list[str]:
        return list(self._makers)

    def cases(self, kind: str, count: int) -> Iterator[dict[str, Any]]:
        for _ in range(count):
            yield {"kind": kind} | self._makers[kind]()

    def canonical(self) -> dict[str, Any]:
        return {"text": self.bent_json(self.any_value(3), halves=True)}

    def statement(self) -> dict[str, Any]:
        values = [
            "kunnafoni-edition/1",
            self.mostly(SITE, "a", "x" * 64, "x" * 65, "Exemple.ml"),
            self.mostly("fr-ML", "bam-ML", "fr-ml"),
            self.mostly(1, 2, 0, 2**53 - 1),
            self.mostly(1795514400, 0, -1),
            self.mostly(DAY, "2026-02-30", "2026-1-1"),
            self.random.choice(["", PUBLIC_KEY]),
            *DIGESTS[:3],
        ]
        return {"text": self.bent_json(values, halves=True)}

    def manifest(self) -> dict[str, Any]:
        paths = [self.a_path() for _ in range(self.random.randrange(5))]
        lines = [f"{path} {self.random.choice(DIGESTS)}\n" for path in paths]
        cut = self.random.randrange(len(lines) + 1)
        first, rest = "".join(lines[:cut]), "".join(lines[cut:])
        return {"first": self.maybe_bent(first), "rest": self.maybe_bent(rest)}

    def path(self) -> dict[str, Any]:
        return {"text": self.maybe_bent(self.a_path())}

    def patch(self) -> dict[str, Any]:
        old = "".join(self.random.choice(["mot ", "<p>", "kɛnɛ", "\n", "> ", "😀 "]) for _ in range(8))
        operations = [
            self.random.choice([1, 2, -1, -3, 7, 0, "neuf ", "😀", ""]) for _ in range(self.random.randrange(6))
        ]
        return {"old": old, "text": self.bent_json(operations)}

    def feed(self) -> dict[str, Any]:
        before, after = self.site(), self.site()
        base = edition(before, 1) if self.random.random() < 0.7 else None
        bodies = {digest(page.body): page.body for page in (*before, *after)}
        whole = write_feed(edition(after, 2), base, bodies).encode(("2026-11-24", SIGNATURE) if base else None)
        lines = [json.loads(line) for line in whole.splitlines()]
        at = self.random.randrange(len(lines))
        texts = [canonical_or_json(line) for line in lines]
        if self.random.random() < 0.8:
            texts[at] = self.bent_json(lines[at])
        elif self.random.random() < 0.5:
            del texts[at]
        statement = base.statement if base else None
        return {
            "lines": [text.replace("\n", " ") for text in texts],
            "base": {
                "before": [statement.id, *base.manifest.texts] if base and statement else None,
                "statement": statement.bytes.decode() if statement else "",
                "bodies": {name: body for name, body in bodies.items() if base},
            },
        }

    def form(self) -> dict[str, Any]:
        form = json.loads(json.dumps(self.random.choice(FORMS)))
        text = self.bent_json(form) if self.random.random() < 0.8 else json.dumps(form, indent=1)
        return {"text": text, "version": version_of_text(text) or DIGESTS[0]}

    def submission(self) -> dict[str, Any]:
        chance = self.random
        value: dict[str, Any] = {
            "v": self.mostly(1, 2, 0),
            "nonce": base64url_encode(bytes(16)),
            "site": SITE,
            "form": "visite",
            "version": DIGESTS[0],
            "day": self.mostly(DAY, "2026-02-29", "2024-02-29", "0999-01-01", "2026-11-24T10:00", "2026-11-00"),
            "lang": self.mostly("fr", "bam", "b", "FR"),
            "place": self.mostly("ML-5", "", "ML", "ML-bko", "12.5"),
            "answer": DIGESTS[1],
        }
        if chance.random() < 0.5:
            value["device"] = DIGESTS[2]
        if chance.random() < 0.5:
            value["answers"] = self.any_object(2)
        else:
            value["sealed"] = {
                name: base64url_encode(bytes(self.mostly(337, 336, 593)))
                for name in DIGESTS[3 : chance.randrange(4, 7)]
            }
        if chance.random() < 0.4:
            kind = "" if "sealed" in value else self.mostly("image/jpeg", "audio/ogg;codecs=opus", "image", "")
            value["files"] = [[DIGESTS[4], self.mostly(5, 1, 0, 4_194_304, 4_194_305), kind]]
        return {"text": self.bent_json(value, halves=True)}

    def answers(self) -> dict[str, Any]:
        form = self.random.choice(FORMS)
        answers = {name: self.an_answer(item) for name, item in leaves(form["items"]) if self.random.random() < 0.8}
        if self.random.random() < 0.2:
            answers[self.random.choice(["autre", "10", "2", "constructor", "x" * 90, "é" * 90, "😀" * 90])] = "x"
        text = self.bent_json(answers) if self.random.random() < 0.5 else canonical_or_json(answers)
        return {"form": form, "text": text, "day": DAY, "files": self.random.randrange(3)}

    def plaintext(self) -> dict[str, Any]:
        files = self.random.randrange(3)
        keys = [base64url_encode(bytes(32)) for _ in range(files)]
        value = {"answers": self.any_object(2), "keys": keys, "types": ["image/png"] * files}
        text = self.bent_json(value, halves=True) + self.random.choice(["", " ", " " * 300, "\n", "\t "])
        return {"text": text, "files": files if self.random.random() < 0.9 else files + 1}

    def receipt_line(self) -> dict[str, Any]:
        receipt = [self.mostly(DAY, "2026", ""), self.mostly(1, 2, 0, -1), SIGNATURE]
        return {"text": self.bent_json({"id": DIGESTS[0], "receipt": receipt}).replace("\n", " ")}

    def request_line(self) -> dict[str, Any]:
        chance = self.random
        value: dict[str, Any] = {
            "submission": chance.choice(["{}", "é", ""]),
            "signature": chance.choice([SIGNATURE, "", "x"]),
        }
        if chance.random() < 0.6:
            data = base64url_encode(bytes(chance.randrange(5)))
            value = {"file": DIGESTS[0], "at": self.mostly(0, 1, 85, 86, -1), "data": data}
        return {"text": self.bent_json(value).replace("\n", " ")}

    def bundle(self) -> dict[str, Any]:
        body = "".join(f'{{"submission":"{number}"}}\n' for number in range(self.random.randrange(3)))
        payload = base64.b64encode(body.encode()).decode()
        name = self.mostly("bundle/1", "receipts/1", "bundle/2", "bundle/0001", "pack/1")
        width = self.random.choice([5, 76])
        parts = [payload[at : at + width] for at in range(0, len(payload), width)]
        end = self.random.choice(["\n", "\r\n", "\r"])
        text = end.join([f"kunnafoni-{name} {SITE}", "# des mots", *parts, ""])
        return {"text": self.maybe_bent(text, halves=True), "site": SITE}

    def alert(self) -> dict[str, Any]:
        values = [
            *("kunnafoni-alert/1", self.mostly(SITE, "autre.ml"), self.mostly(1, 2), "crue-1", "crue-1"),
            *(self.mostly("Actual", "Test", "Autre"), self.mostly("Alert", "Cancel", "Alert,Severe"), "fr"),
            *("Le fleuve déborde", "L’eau 😀", "Ségou", self.mostly("Severe", "Minor", "severe")),
            *(self.mostly(1795521600, 0, -1), 1795716000),
        ]
        return {"text": self.bent_json(values, halves=True), "site": SITE, "epoch": 1}

    def code(self) -> dict[str, Any]:
        letters = "".join(self.random.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZOILUoil -") for _ in range(9))
        return {"text": self.maybe_bent(letters), "length": self.random.choice([8, 9])}

    def number(self) -> dict[str, Any]:
        texts = [
            "12",
            "-0.50",
            ".5",
            "1.",
            "007",
            "2026-11-24",
            "2026-11-24T08:30",
            "23:59:59",
            "1000-01-01",
            "9999-12-31",
        ]
        return {"text": self.maybe_bent(self.random.choice(texts))}

    def a_path(self) -> str:
        parts = [
            self.random.choice(["guides", "a", "index", "x" * 60, "_shell", "1-2"])
            for _ in range(self.random.randrange(1, 5))
        ]
        return "/".join(parts)

    def site(self) -> list[Page]:
        pages = [Page("_shell", "<!--title--><!--main-->", "first"), Page("index", "Accueil\n<p>ɛ", "first")]
        names = self.random.sample(["guides/a", "guides/b", "guides/c"], self.random.randrange(4))
        return [
            *pages,
            *(Page(name, f"T\n<p>{self.random.choice(['un mot', 'deux mots'])} {name} </p>" * 3) for name in names),
        ]

    def an_answer(self, item: Mapping[str, Any]) -> Any:
        if "repeat" in item:
            rows = [dict(self.some_answers(item)) for _ in range(self.random.randrange(3))]
            return self.random.choice([rows, rows, [], "x", {}])
        values: dict[str, list[Any]] = {
            "text": ["Awa", "", "x" * 10_000, "x" * 10_001, "😀" * 10_000],
            "integer": [5, -1, 0, "5", 120, 2**53 - 1],
            "decimal": ["1.5", "-0", "1.50", "0.5", ".5", "01", "-0.5", "1", "12345678901234567", "123456789012345678"],
            "date": [DAY, "2026-02-30", "1000-01-01", "0999-12-31", "2026-1-1"],
            "time": ["08:30", "24:00", "8:30", "08:30:00"],
            "datetime": ["2026-11-24T08:30", "2026-11-24T24:00", DAY],
            "geopoint": [
                "12.65 -8.00",
                "12.650 -8.000",
                "007.12 08.00",
                "-0.00 0.00",
                "91.00 0.00",
                "12.6 -8",
                "12 -8",
            ],
            "acknowledge": [True, False, "OK"],
            "image": [0, 1, -1, 5, True, "0"],
            "audio": [0, 1],
            "select_one": ["oui", "non", "autre", ""],
            "select_multiple": [["oui"], ["non", "oui"], ["oui", "non"], ["oui", "oui"], [], "oui", [1]],
            "calculate": ["1", "12", "x", ""],
        }
        return self.random.choice(values.get(str(item.get("type")), ["x"]))

    def some_answers(self, item: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for name, inner in leaves(item["items"]):
            if self.random.random() < 0.8:
                yield name, self.an_answer(inner)


def version_of_text(text: str) -> str:
    try:
        return digest(canonical(parse_json(text)))
    except ValueError:
        return ""


def edition(pages: list[Page], number: int) -> Edition:
    manifest = build_manifest(pages)
    statement = Statement(SITE, "fr-ML", 1, number, DAY, "", DIGESTS[0], *manifest.digests)
    return Edition(statement, SIGNATURE, PUBLIC_KEY, manifest)


def leaves(items: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Names and items of one object of answers: groups add no level."""
    for item in items:
        if "group" in item:
            yield from leaves(item["items"])
        else:
            yield str(item.get("q") or item["repeat"]), item
