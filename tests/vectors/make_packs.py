"""Write pack.json: `python -m tests.vectors.make_packs`. What is expected of refusals is stated by hand."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

from sync.editions.edition_statement import Statement, freshness_bytes
from sync.editions.feed import Edition
from sync.editions.manifest import build_manifest
from sync.editions.pack import write_pack, write_packs
from sync.editions.page import Page
from sync.editions.signing import Signer, key_digest
from tests.vectors.make import save

SITE, CHANNEL = "exemple.ml", "fr-ML"
KEY, NEXT, THIEF = Signer.generate(), Signer.generate(), Signer.generate()
FRESH_DAY = "2026-11-26"


def edition(pages: list[Page], number: int, site: str = SITE, channel: str = CHANNEL, signer: Signer = KEY) -> Edition:
    manifest = build_manifest(pages)
    statement = Statement(site, channel, 1, number, "2026-11-24", "", key_digest(NEXT.public_key), *manifest.digests)
    return Edition(statement, signer.sign(statement.bytes), KEY.public_key, manifest)


def pages(edition: str) -> list[Page]:
    return [
        Page("_shell", "<title><!--title--></title><main><!--main--></main>", "first"),
        Page("_missing", "Absente\n<p>Absente", "first"),
        Page("index", f"Accueil\n<h1>Accueil {edition}</h1>", "first"),
        Page("guides/a", "A\n<h1>Kɛnɛ</h1>", "first"),
        Page("guides/b", f"B\n<h1>B {edition}</h1>"),
        Page("guides/c", "C\n<h1>C</h1>"),
    ]


def pack_cases() -> dict[str, Any]:
    old, new = edition(pages("ancien"), 1_700_000_000), edition(pages("neuf"), 1_700_000_001)
    bodies = [page.body for page in pages("neuf")]
    fresh = (FRESH_DAY, KEY.sign(freshness_bytes(new.statement, FRESH_DAY)))
    whole = write_pack(new, bodies, fresh, ["Pages de Kunnafoni."])
    essentials, guide = write_pack(new, bodies[:4]), write_pack(new, [bodies[4]])
    parts = write_packs(new, bodies, limit=1)

    def lines(text: str) -> list[str]:
        packed = base64.b64decode("".join(line for line in text.splitlines()[1:] if not line.startswith("#")))
        return zlib.decompress(packed, zlib.MAX_WBITS | 16).decode().split("\n")

    def packed(body: str | bytes, heading: str = f"kunnafoni-pack/1 {SITE} {CHANNEL}") -> str:
        raw = body.encode() if isinstance(body, str) else body
        return f"{heading}\n{base64.b64encode(raw).decode()}\n"

    def bent(old: str, new: str) -> str:
        text = "\n".join(lines(whole))
        assert old in text
        return packed(text.replace(old, new, 1))

    def headed(**changes: Any) -> str:
        header, *rest = lines(whole)
        return packed("\n".join([json.dumps({**json.loads(header), **changes}), *rest]))

    first, rest = new.manifest.texts
    stranger = edition(pages("neuf"), 1_700_000_001, "autre.ml")
    neighbour = edition(pages("neuf"), 1_700_000_001, SITE, "bm-ML")
    forged = edition(pages("faux"), 1_800_000_000, signer=THIEF)
    kinds = {"whole": whole, "essentials": essentials, "guide": guide, "parts": parts}
    refused = [
        ("an empty file", "pack-malformed", ""),
        ("a message", "pack-malformed", "Bonjour, voici un message."),
        ("a bundle", "pack-malformed", whole.replace("kunnafoni-pack/1", "kunnafoni-bundle/1")),
        ("no channel", "pack-malformed", whole.replace(f" {CHANNEL}", "", 1)),
        ("a later format", "version-unknown", whole.replace("kunnafoni-pack/1", "kunnafoni-pack/2")),
        ("a truncated file", "pack-malformed", whole[: len(whole) // 2]),
        ("a file without its last line", "pack-malformed", whole[: whole[:-1].rindex("\n") + 1]),
        ("a byte lost of what is compressed", "pack-malformed", packed(zlib.compress(b"x", wbits=31)[:-1])),
        ("bytes behind what is compressed", "pack-malformed", packed(zlib.compress(b"x\n", wbits=31) + b"x")),
        ("no line", "pack-malformed", packed("")),
        ("no last line feed", "pack-malformed", packed("\n".join(lines(whole))[:-1])),
        ("bytes outside UTF-8", "pack-malformed", packed(b"\xff\n")),
        ("no header", "feed-malformed", packed("[]\n")),
        ("a later feed", "version-unknown", headed(v=2)),
        ("no manifest", "manifest-false", headed(manifest=["", ""])),
        ("a manifest of one part", "feed-malformed", headed(manifest=[first])),
        (
            "a manifest with another page",
            "manifest-false",
            headed(manifest=[first, rest.replace("guides/c", "guides/d")]),
        ),
        ("a manifest with a page twice", "manifest-malformed", headed(manifest=[first, rest + rest])),
        ("an entry moved to the first part", "manifest-false", headed(manifest=[first + rest, ""])),
        ("another day in the statement", "signature-false", bent("2026-11-24", "2026-11-25")),
        ("another key's signature", "signature-false", write_pack(forged, [page.body for page in pages("faux")])),
        ("another site", "other-site", write_pack(stranger, bodies)),
        ("another channel", "other-channel", write_pack(neighbour, bodies)),
        ("an older edition", "edition-older", write_pack(old, [page.body for page in pages("ancien")])),
        ("a changed page", "manifest-false", bent("B neuf", "B changé")),
        ("a page that is in no edition", "manifest-false", packed("\n".join([*lines(guide)[:-1], '{"body":"X"}', ""]))),
        ("a page that is none", "pack-malformed", packed("\n".join([*lines(guide)[:-1], '{"body":7}', ""]))),
        ("half a character", "pack-malformed", packed("\n".join([*lines(guide)[:-1], '{"body":"\\ud800"}', ""]))),
        ("an empty line", "pack-malformed", packed("\n".join([*lines(guide)[:-1], "", ""]))),
    ]
    return {
        "trust": {"site": SITE, "epoch": 1, "key": KEY.public_key, "next": key_digest(NEXT.public_key)},
        "channel": CHANNEL,
        "held": old.statement.bytes.decode(),
        "after": new.statement.bytes.decode(),
        "fresh": FRESH_DAY,
        "old": write_pack(old, [page.body for page in pages("ancien")]),
        "entries": [[entry.path, entry.digest] for entry in new.manifest.entries],
        "kinds": kinds,
        "refused": [{"why": why, "code": code, "text": text} for why, code, text in refused],
    }


if __name__ == "__main__":
    save("pack", pack_cases())
