"""Write submission.json, sealing.json and bundle.json: `python -m tests.vectors.make_submissions`.

The first case of sealing.json is RFC 9180's own (A.3.1), written with its key and nonce and an empty `aad`.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync.canonical import base64url_encode, canonical, digest
from sync.editions.signing import Signer, key_digest
from sync.submissions.bundle import write_bundle, write_receipts
from sync.submissions.devices import enrolment_bytes
from sync.submissions.receipts import Receipt, receipt_bytes
from sync.submissions.sealing import (
    SealingKey,
    attachment_info,
    bound_info,
    seal_answers,
    seal_attachment,
    unbound_info,
)
from sync.submissions.submission import receipt_code, signed_bytes
from tests.support.unbound_seal import seal_unbound
from tests.vectors.make import save

SITE = "exemple.ml"
DAY = "2026-11-24"
VERSION = digest("une version")
SECRET = base64url_encode(bytes(range(32)))
DEVICE = Signer.generate()
HEADQUARTERS = Signer.generate()
THIEF = Signer.generate()


def value(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "v": 1,
        "nonce": base64url_encode(bytes(range(16))),
        "site": SITE,
        "form": "utilite",
        "version": VERSION,
        "day": DAY,
        "lang": "fr",
        "place": "ML-5",
        "answers": {"aide": "oui", "mot": "kɛnɛ"},
        "answer": digest(SECRET),
    }
    return {key: one for key, one in (made | changes).items() if one is not None}


def text(**changes: Any) -> str:
    return canonical(value(**changes)).decode()


def submission_cases() -> dict[str, Any]:
    plain, signed = text(), text(device=key_digest(DEVICE.public_key))
    files = [[digest("photo"), 50_000, "image/jpeg"], [digest("son"), 1, "audio/ogg;codecs=opus"]]
    good = [plain, signed, text(files=files), text(place=""), text(place="ML"), text(answers={})]
    id = digest(signed)
    refused = [
        ("no JSON", "{"),
        ("an array", "[]"),
        ("white space", plain.replace(",", ", ", 1)),
        ("keys out of order", plain[:-1].replace("{", '{"z":1,', 1) + "}"),
        ("another version", text(v=2)),
        ("a fraction", plain.replace('"v":1', '"v":1.0')),
        ("no nonce", text(nonce=None)),
        ("a short nonce", text(nonce="AAAA")),
        ("no day", text(day=None)),
        ("a day that does not exist", text(day="2026-02-30")),
        ("a time", text(day="2026-11-24T10:00")),
        ("an exact place", text(place="12.65 -8.00")),
        ("both plain and sealed", text(sealed={digest("k"): base64url_encode(bytes(400))})),
        ("neither", text(answers=None)),
        ("sealed bytes too short", text(answers=None, sealed={digest("k"): base64url_encode(bytes(100))})),
        (
            "sealed to three",
            text(answers=None, sealed={digest(str(n)): base64url_encode(bytes(400)) for n in range(3)}),
        ),
        ("no files as a list", text(files=[])),
        ("a file of nothing", text(files=[[digest("x"), 0, "image/jpeg"]])),
        ("a file too large", text(files=[[digest("x"), 5_000_000, "image/jpeg"]])),
        ("a file's name", text(files=[[digest("x"), 5, "image/jpeg", "awa.jpg"]])),
        ("a key nobody knows", text(telephone="x")),
        ("an address as site", text(site="https://exemple.ml")),
        ("a device's name", text(device="awa")),
        ("a secret itself", text(answer="secret")),
    ]
    enrolment = enrolment_bytes(SITE, "ABCDE01234", DEVICE.public_key)
    return {
        "good": [{"text": one, "id": digest(one), "code": receipt_code(digest(one))} for one in good],
        "refused": [
            {"why": why, "text": one, "code": "version-unknown" if why == "another version" else "submission-malformed"}
            for why, one in refused
        ],
        "signed": {
            "site": SITE,
            "text": signed,
            "id": id,
            "key": DEVICE.public_key,
            "bytes": signed_bytes(SITE, id).decode(),
            "signature": DEVICE.sign(signed_bytes(SITE, id)),
            "refused": [
                {"why": "another device", "signature": THIEF.sign(signed_bytes(SITE, id))},
                {"why": "over another submission", "signature": DEVICE.sign(signed_bytes(SITE, digest(plain)))},
                {"why": "for another site", "signature": DEVICE.sign(signed_bytes("autre.ml", id))},
                {"why": "over the text alone", "signature": DEVICE.sign(signed.encode())},
                {"why": "none", "signature": ""},
            ],
        },
        "receipt": {
            "site": SITE,
            "id": id,
            "key": HEADQUARTERS.public_key,
            "bytes": receipt_bytes(SITE, id, DAY).decode(),
            "receipt": [DAY, 1, HEADQUARTERS.sign(receipt_bytes(SITE, id, DAY))],
            "refused": [
                {
                    "why": "of another day",
                    "receipt": ["2026-11-25", 1, HEADQUARTERS.sign(receipt_bytes(SITE, id, DAY))],
                },
                {"why": "of a courier", "receipt": [DAY, 1, THIEF.sign(receipt_bytes(SITE, id, DAY))]},
                {
                    "why": "for another submission",
                    "receipt": [DAY, 1, HEADQUARTERS.sign(receipt_bytes(SITE, digest(plain), DAY))],
                },
            ],
        },
        "enrolment": {
            "site": SITE,
            "code": "ABCDE01234",
            "written": ["abcde-01234", "ABCDE O1234", "abcde-oi234", " ABCDE-OL234 "],
            "key": DEVICE.public_key,
            "bytes": enrolment.decode(),
            "signature": DEVICE.sign(enrolment),
            "device": key_digest(DEVICE.public_key),
        },
        "secret": {"secret": SECRET, "answer": digest(SECRET)},
    }


def rfc_9180() -> dict[str, str]:
    """Appendix A.3.1, base mode of this suite, sequence number 0; `ciphertext` is what its key and nonce give without
    `aad`.
    """
    key, nonce = bytes.fromhex("868c066ef58aae6dc589b6cfdd18f97e"), bytes.fromhex("4e0bc5018beba4bf004cca59")
    plain = bytes.fromhex("4265617574792069732074727574682c20747275746820626561757479")
    own = "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434"
    assert AESGCM(key).encrypt(nonce, plain, bytes.fromhex("436f756e742d30")).hex() == own
    return {
        "info": "4f6465206f6e2061204772656369616e2055726e",
        "private": "f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2",
        "public": "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a82"
        "6a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0",
        "enc": "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac9"
        "8536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4",
        "plaintext": plain.hex(),
        "ciphertext": AESGCM(key).encrypt(nonce, plain, b"").hex(),
    }


def sealing_cases() -> dict[str, Any]:
    key, recovery = SealingKey.generate(), SealingKey.generate()
    publics = [key.public_key, recovery.public_key]
    answers = {"nom": "Awa Ɛ", "photo": 0}
    file_key, data = bytes(range(32)), b"\x89PNG and so on" * 20
    file = seal_attachment(file_key, data, SITE, "foyer", VERSION, 0, 2)
    header = value(form="foyer", answers=None, files=[[digest(file), len(file), ""]])
    sealed = seal_answers(publics, header, answers, [file_key], ["image/png"])
    unbound = seal_unbound(publics, header, answers, [file_key], ["image/png"])
    own = header | {"answer": digest("le secret du porteur"), "nonce": base64url_encode(bytes(16))}
    own_seal = seal_answers(publics, own, {"photo": 0}, [bytes(32)], ["image/png"])
    return {
        "rfc 9180": rfc_9180(),
        "keys": [{"id": one.id, "public": one.public_key, "pem": one.pem().decode()} for one in (key, recovery)],
        "submission": sealed_text(header, sealed),
        "id": digest(sealed_text(header, sealed)),
        "header": digest(canonical(header)),
        "info": [bound_info(one.id, header).decode() for one in (key, recovery)],
        "answers": answers,
        "file": {
            "key": base64url_encode(file_key),
            "data": base64url_encode(data),
            "sealed": base64url_encode(file),
            "info": attachment_info(SITE, "foyer", VERSION, 0, 2).decode(),
            "type": "image/png",
        },
        "copies": [
            {"why": why, "submission": sealed_text(header | changes, sealed)} for why, changes in copied_headers(own)
        ],
        "copied file": {"submission": sealed_text(own, own_seal)},
        "unbound": {
            "submission": sealed_text(header, unbound),
            "info": [unbound_info(one.id, header).decode() for one in (key, recovery)],
            "copy": sealed_text(own, unbound),
        },
        "plaintexts": plaintext_cases(base64url_encode(file_key)),
        "unbound opens": [
            {"arrived": arrived, "first": first, "opens": opens}
            for arrived, first, opens in (
                ("2026-11-24", "", True),
                ("", "", True),
                ("2026-11-23", "2026-11-24", True),
                ("2026-11-24", "2026-11-24", False),
                ("2026-11-25", "2026-11-24", False),
                ("", "2026-11-24", False),
            )
        ],
    }


def copied_headers(own: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Changes that a carrier may make around a seal of another submission."""
    return [
        ("into a carrier's own submission", own),
        ("with another secret", {"answer": own["answer"]}),
        ("with another nonce", {"nonce": own["nonce"]}),
        ("on another day", {"day": "2026-11-25"}),
        ("from another place", {"place": "ML-6"}),
        ("in another language", {"lang": "bm"}),
        ("from a device", {"device": key_digest(THIEF.public_key)}),
        ("with another file", {"files": [[digest("x"), 5, ""]]}),
        ("with one file more", {"files": [*own["files"], [digest("x"), 5, ""]]}),
        ("to another site", {"site": "autre.ml"}),
        ("to another form", {"form": "autre"}),
        ("to another version of the form", {"version": digest("autre")}),
    ]


def sealed_text(header: dict[str, Any], sealed: dict[str, str]) -> str:
    return canonical(header | {"sealed": sealed}).decode()


def plaintext_cases(key: str) -> dict[str, Any]:
    plain = canonical({"answers": {"a": 1}, "keys": [], "types": []}).decode()
    return {
        "good": [
            {"text": plain, "files": 0},
            {"text": plain + " " * 500, "files": 0},
            {"text": canonical({"answers": {}, "keys": [key], "types": ["image/png"]}).decode(), "files": 1},
        ],
        "refused": [
            {"why": "nothing", "text": "", "files": 0},
            {"why": "spaces", "text": " " * 256, "files": 0},
            {"why": "no JSON", "text": "{", "files": 0},
            {"why": "an array", "text": "[]", "files": 0},
            {"why": "spaces first", "text": " " + plain, "files": 0},
            {"why": "a line feed", "text": plain + "\n", "files": 0},
            {"why": "a key twice", "text": plain.replace("{", '{"answers":{},', 1), "files": 0},
            {"why": "a fraction", "text": plain.replace('"a":1', '"a":1.0'), "files": 0},
            {"why": "NaN", "text": plain.replace('"a":1', '"a":NaN'), "files": 0},
            {"why": "half a character", "text": plain.replace('"a":1', '"a":"\\ud800"'), "files": 0},
            {"why": "no types", "text": '{"answers":{},"keys":[]}', "files": 0},
            {"why": "another key", "text": '{"answers":{},"autre":1,"keys":[],"types":[]}', "files": 0},
            {"why": "a key of no file", "text": plain.replace('"keys":[]', f'"keys":["{key}"]'), "files": 0},
            {"why": "a file without key", "text": plain, "files": 1},
            {"why": "a text for keys", "text": '{"answers":{},"keys":"a","types":["b"]}', "files": 1},
            {"why": "a key that is no base64url", "text": '{"answers":{},"keys":["a"],"types":["b"]}', "files": 1},
            {"why": "a number for a type", "text": f'{{"answers":{{}},"keys":["{key}"],"types":[1]}}', "files": 1},
        ],
    }


def bundle_cases() -> dict[str, Any]:
    lines = [
        {"submission": text(device=key_digest(DEVICE.public_key)), "signature": DEVICE.sign(b"x")},
        {"submission": text(files=[[digest(b"octets"), 6, "image/png"]])},
        {"file": digest(b"octets"), "at": 0, "data": base64url_encode(b"octets")},
    ]
    body = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    made = write_bundle(
        SITE,
        body.encode(),
        ["3 envois de Kunnafoni. Ouvrez ce fichier dans l’application.", "Personne ne peut les lire en chemin."],
    )
    receipts = {
        digest(str(n)): Receipt(DAY, 1, HEADQUARTERS.sign(receipt_bytes(SITE, digest(str(n)), DAY))) for n in range(3)
    }
    plain = f"kunnafoni-bundle/1 {SITE}\n" + _plain64(body)
    return {
        "site": SITE,
        "lines": lines,
        "texts": [made, plain, made.replace("\n", "\r\n"), "\ufeff" + made, made.replace("\n", "\n ")],
        "receipts": {
            "key": HEADQUARTERS.public_key,
            "text": write_receipts(SITE, receipts),
            "lines": {id: one.as_json() for id, one in receipts.items()},
        },
        "refused": [
            {"why": "another site", "code": "site-other", "text": made.replace(SITE, "autre.ml", 1)},
            {"why": "a newer version", "code": "version-unknown", "text": made.replace("/1", "/2", 1)},
            {"why": "cut in the middle", "code": "bundle-broken", "text": made[: len(made) // 2]},
            {"why": "something else", "code": "bundle-broken", "text": "Bonjour Awa"},
            {"why": "nothing", "code": "bundle-broken", "text": ""},
            {"why": "a pack", "code": "bundle-broken", "text": made.replace("bundle", "pack", 1)},
            {
                "why": "a changed sign",
                "code": "bundle-broken",
                "text": made.replace("=", "é") if "=" in made else made[:-20] + "é" + made[-19:],
            },
        ],
    }


def _plain64(body: str) -> str:
    return base64.b64encode(body.encode()).decode() + "\n"


def main() -> None:
    save("submission", submission_cases())
    save("sealing", sealing_cases())
    save("bundle", bundle_cases())


if __name__ == "__main__":
    main()
