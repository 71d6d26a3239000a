"""Write the vectors that Python and TypeScript both read: `python -m tests.vectors.make`.

Run only when the wire changes: signatures differ each time. What is expected of refusals is stated by hand, never taken
from the code.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from sync.alerts.push_payload import AlertText, sign_payload
from sync.canonical import digest
from sync.editions.edition_statement import Statement, freshness_bytes
from sync.editions.feed import Edition, Feed, write_feed
from sync.editions.manifest import build_manifest
from sync.editions.page import Page
from sync.editions.signing import Signer, key_digest
from sync.submissions.proof_of_work import ProofOfWork
from tests.support.phone_simulator import solve_work
from tests.support.protocol_examples import sample_submission
from tests.vectors.make_pages import canonical_cases, manifest_cases, manifest_json, page_cases, patch_cases

HERE = Path(__file__).parent
KEYS = [Signer.generate() for _ in range(4)]
THIEF = Signer.generate()
PADDED_SIZES = [  # bytes of a body, and its size on the wire
    [1, 1024],
    [1023, 1024],
    [1024, 1024],
    [1025, 2048],
    [2048, 2048],
    [2049, 4096],
    [4096, 4096],
    [4097, 8192],
    [8192, 8192],
    [8193, 16384],
    [16384, 16384],
    [16385, 24576],
    [100_000, 106_496],
    [1_048_576, 1_048_576],
]


def main() -> None:
    save("canonical", canonical_cases())
    save("patch", patch_cases())
    save("page", page_cases())
    save("manifest", manifest_cases())
    save("trust", trust_cases())
    save("feed", feed_cases())
    save("alert", alert_cases())
    save("padding", {"sizes": PADDED_SIZES})
    save("work", work_cases())


def save(name: str, value: Any) -> None:
    (HERE / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")


def statement(number: int = 1_700_000_000, epoch: int = 1, **changes: Any) -> Statement:
    made = Statement(
        "exemple",
        "fr-ML",
        epoch,
        number,
        "2026-11-24",
        "",
        key_digest(KEYS[epoch].public_key),
        digest("first"),
        digest("rest"),
    )
    return replace(made, **changes)


def signed(value: Statement, signer: Signer | None = None) -> list[str]:
    """[public key, statement, signature]"""
    signer = signer or KEYS[value.epoch - 1]
    return [signer.public_key, value.bytes.decode(), signer.sign(value.bytes)]


def trust_json(epoch: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "site": "exemple",
        "epoch": epoch,
        "key": KEYS[epoch - 1].public_key,
        "next": key_digest(KEYS[epoch].public_key),
    } | changes


def trust_cases() -> dict[str, Any]:
    head = statement()
    _, text, signature = signed(head)
    held = signed(statement(number=1_600_000_000))[1]
    changed = signature[:10] + ("A" if signature[10] != "A" else "B") + signature[11:]

    def case(
        why: str, code: str, pair: list[str], held: str | None = None, trust: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        made = {"statement": pair[1], "signature": pair[2], "held": held}
        return {"why": why, "code": code, "trust": trust or trust_json(), "channel": "fr-ML", **made}

    def raw(text: str) -> list[str]:
        return [KEYS[0].public_key, text, KEYS[0].sign(text.encode())]

    accept = [
        case("a first edition", "", signed(head)),
        case("a newer edition", "", signed(head), held),
        case("the same edition again", "", signed(head), text),
        case(
            "of the key's epoch after a rotation, with a smaller number",
            "",
            signed(statement(5, 2)),
            held,
            trust_json(2),
        ),
        case("a changed signature", "signature-false", ["", text, changed]),
        case("a DER signature", "signature-false", ["", text, "MEUCIQ" + signature]),
        case("an empty signature", "signature-false", ["", text, ""]),
        case("another key", "signature-false", signed(head, THIEF)),
        case("another site", "other-site", signed(statement(site="autre"))),
        case("another channel", "other-channel", signed(statement(channel="bm-ML"))),
        case("another epoch", "other-epoch", signed(statement(1_700_000_001, 2))),
        case("another next key", "next-key-changed", signed(statement(next_key_digest=digest("voleur")))),
        case("an older edition", "edition-older", signed(statement(number=1_500_000_000)), held),
        case("the same number, another content", "edition-older", signed(statement(rest=digest("autre"))), text),
        case("an older epoch's edition after a rotation", "other-epoch", signed(head), None, trust_json(2)),
        case("not JSON", "statement-malformed", raw("{")),
        case("white space", "statement-malformed", raw(text.replace(",", ", ", 1))),
        case("one value too many", "statement-malformed", raw(text[:-1] + ',"x"]')),
        case("a number as text", "statement-malformed", raw(text.replace("1700000000", '"1700000000"'))),
        case("a number with a fraction", "statement-malformed", raw(text.replace("1700000000", "1700000000.0"))),
        case("epoch 0", "statement-malformed", raw(text.replace('"fr-ML",1,', '"fr-ML",0,'))),
        case("another version", "version-unknown", raw(text.replace("edition/1", "edition/2"))),
    ]
    second, third = signed(statement(1_700_000_010, 2)), signed(statement(1_700_000_020, 3))
    thief = signed(statement(1_700_000_010, 2), THIEF)
    other_site = signed(statement(1_700_000_010, 2, site="autre"))
    before = {"epoch": 1, "key": KEYS[0].public_key, "next": key_digest(KEYS[1].public_key)}
    after2 = {"epoch": 2, "key": KEYS[1].public_key, "next": key_digest(KEYS[2].public_key)}
    after3 = {"epoch": 3, "key": KEYS[2].public_key, "next": key_digest(KEYS[3].public_key)}
    chains = [
        {"why": "no rotation", "trust": trust_json(), "chain": [], "code": "", "after": before},
        {"why": "one rotation", "trust": trust_json(), "chain": [second], "code": "", "after": after2},
        {"why": "two rotations", "trust": trust_json(), "chain": [second, third], "code": "", "after": after3},
        {"why": "links already passed", "trust": trust_json(2), "chain": [second, third], "code": "", "after": after3},
        {
            "why": "a key that was not committed",
            "trust": trust_json(),
            "chain": [thief],
            "code": "rotation-not-committed",
        },
        {"why": "an epoch left out", "trust": trust_json(), "chain": [third], "code": "rotation-not-committed"},
        {"why": "another site's", "trust": trust_json(), "chain": [other_site], "code": "rotation-not-committed"},
        {
            "why": "a false signature",
            "trust": trust_json(),
            "chain": [[second[0], second[1], signature]],
            "code": "signature-false",
        },
    ]
    fresh = freshness_bytes(head, "2026-11-25")
    return {
        "accept": accept,
        "first use": [
            {"why": "its own key", "code": "", "link": signed(head), "id": head.id},
            {"why": "another key", "code": "signature-false", "link": [THIEF.public_key, text, signature]},
        ],
        "chains": chains,
        "fresh": {
            "key": KEYS[0].public_key,
            "statement": text,
            "date": "2026-11-25",
            "text": fresh.decode(),
            "signature": KEYS[0].sign(fresh),
        },
    }


def edition(pages: list[Page], number: int) -> Edition:
    made = build_manifest(pages)
    first, rest = made.digests
    value = statement(number=number, first=first, rest=rest)
    return Edition(value, KEYS[0].sign(value.bytes), KEYS[0].public_key, made)


def feed_cases() -> dict[str, Any]:
    shell = Page("_shell", "K\n<title><!--title--></title><main><!--main--></main>", "first")
    old = [
        shell,
        Page("index", "Accueil\n<h1>Accueil</h1><p>Bonjour", "first"),
        Page(
            "guides/a", "A\n<h1>A</h1><p>Le mot de passe doit rester secret et personne ne doit le connaître", "first"
        ),
        Page("guides/b", "B\n<h1>B</h1><p>Deuxième"),
        Page("guides/c", "C\n<h1>C</h1><p>Troisième"),
        Page("guides/d", "D\n<h1>D</h1><p>Quatrième"),
    ]
    new = [
        old[0],
        old[1],
        Page("guides/a", old[2].body.replace("secret", "toujours secret"), "first"),
        old[5],
        Page("guides/e", 'É\n<h1>É</h1><p>kɛnɛ "ɲɛ" \\ 😀'),
        old[3],
    ]
    bodies = {digest(page.body): page.body for page in old + new}
    before, after = edition(old, 1_700_000_000), edition(new, 1_700_000_100)
    whole, delta = write_feed(before, None, bodies), write_feed(after, before, bodies)

    def lines(feed: Feed) -> list[str]:
        return feed.encode().decode().split("\n")[:-1]

    def spoiled(why: str, code: str, feed: Feed, at: int, one: str, other: str) -> dict[str, Any]:
        changed = lines(feed)
        assert one in changed[at], (why, changed[at])
        changed[at] = changed[at].replace(one, other, 1)
        return {"why": why, "code": code, "base": "" if feed is whole else before.id, "lines": changed}

    def without(why: str, code: str, feed: Feed, at: int) -> dict[str, Any]:
        kept = lines(feed)
        del kept[at]
        return {"why": why, "code": code, "base": "" if feed is whole else before.id, "lines": kept}

    return {
        "trust": trust_json(),
        "channel": "fr-ML",
        "before": {"id": before.id, **manifest_json(before.manifest), "statement": before.statement.bytes.decode()},
        "after": {"id": after.id, **manifest_json(after.manifest), "statement": after.statement.bytes.decode()},
        "bodies": bodies,
        "whole": lines(whole),
        "delta": lines(delta),
        "refused": [
            spoiled("a changed byte in a page", "manifest-false", whole, 3, "secret", "public"),
            spoiled("a changed byte in the first page of the rest", "manifest-false", whole, 4, "Deuxième", "Second"),
            spoiled("a changed patch", "manifest-false", delta, 1, "toujours", "jamais"),
            spoiled("a changed path", "manifest-false", whole, 5, "guides/c", "guides/z"),
            spoiled("a path that is none", "manifest-malformed", whole, 5, "guides/c", "../c"),
            spoiled("a path twice", "manifest-malformed", whole, 5, "guides/c", "guides/b"),
            spoiled("a changed part", "manifest-false", whole, 0, '"first":3', '"first":2'),
            spoiled("an unknown version", "version-unknown", whole, 0, '"v":1', '"v":2'),
            spoiled("a false signature", "signature-false", whole, 0, '"signature":"', '"signature":"AAAA'),
            spoiled("another base", "base-unknown", delta, 0, '"base":"', '"base":"A'),
            spoiled("no JSON", "feed-malformed", whole, 2, '"body"', "body"),
            spoiled("neither body nor patch for a new page", "feed-malformed", whole, 2, '"body"', '"corps"'),
            without("a line lost", "feed-malformed", whole, 4),
            without("the last line lost", "feed-malformed", delta, -1),
        ],
    }


def alert_cases() -> dict[str, Any]:
    """Push payloads; `says`: id, root, message type, language, headline, text, area, severity."""
    signer = KEYS[0]
    first = AlertText(
        "exemple.ml",
        1,
        "crue-1",
        "crue-1",
        "Actual",
        "Alert",
        "bm",
        "Ji bɛ ka bonya",
        "L’eau « monte » \\ 😀\n\nMontez.",
        "Ségou",
        "Extreme",
        1_795_521_600,
        1_795_716_000,
    )
    cancel = replace(first, id="crue-2", msg_type="Cancel", lang="fr", severity="Minor", sent=first.sent + 60)
    drill = replace(first, id="essai", root="essai", status="Exercise", area="")

    def case(word: AlertText) -> dict[str, Any]:
        says = [word.id, word.root, word.msg_type, word.lang, word.headline, word.text, word.area, word.severity]
        return {"payload": sign_payload(word, signer), "says": says, "sent": word.sent, "expires": word.expires}

    good = sign_payload(first, signer)
    statement, _, _signature = good.partition("\n")

    def signed(text: str) -> str:
        return f"{text}\n{signer.sign(text.encode())}"

    return {
        "key": signer.public_key,
        "trust": {
            "site": "exemple.ml",
            "epoch": 1,
            "key": signer.public_key,
            "nextKeyDigest": key_digest(KEYS[1].public_key),
        },
        "accepted": [case(word) for word in (first, cancel, drill)],
        "refused": [
            {"why": "a changed text", "payload": good.replace("Montez", "Restez")},
            {"why": "another key's", "payload": sign_payload(first, THIEF)},
            {"why": "no signature", "payload": statement},
            {"why": "an empty signature", "payload": statement + "\n"},
            {"why": "a signature cut", "payload": good[:-1]},
            {"why": "nothing", "payload": ""},
            {"why": "no JSON", "payload": signed("Bonjour")},
            {"why": "another name", "payload": signed(statement.replace("alert/1", "alert/2"))},
            {"why": "a space", "payload": signed(statement.replace(",", ", ", 1))},
            {"why": "a word too many", "payload": signed(statement[:-1] + ",1]")},
            {"why": "an unknown severity", "payload": signed(statement.replace("Extreme", "Huge"))},
            {"why": "a moment that is no integer", "payload": signed(statement.replace("1795716000", '"demain"'))},
            {"why": "an object", "payload": signed("{}")},
            {"why": "an edition's statement", "payload": signed('["kunnafoni-edition/1","exemple.ml"]')},
        ],
    }


def work_cases() -> dict[str, Any]:
    """A challenge for the submission of PROTOCOL.md's section 9, by a node with this secret at this time; its work."""
    secret, now = "le secret de ce serveur", 1_795_521_600
    challenge = ProofOfWork(secret.encode(), lambda: now, cost=5).make_challenge(sample_submission(), 0)
    return {"secret": secret, "now": now, "work": solve_work(challenge)}


if __name__ == "__main__":
    main()
