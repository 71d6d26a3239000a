"""Write media-pack.json: `python -m tests.vectors.make_media_packs`. What is expected of refusals is stated by hand."""

from __future__ import annotations

import base64
import json
import random
import zlib
from typing import Any

from sync.canonical import base64url_encode, digest
from sync.editions.media_pack import write_media_packs
from tests.vectors.make import save

SITE = "exemple.ml"
SOUNDS = [random.Random(seed).randbytes(length) for seed, length in enumerate((3_000, 10, 2_000))]
MEDIA = {f"{digest(sound)}.{ending}": sound for sound, ending in zip(SOUNDS, ("opus", "m4a", "opus"), strict=True)}


def media_pack_cases() -> dict[str, Any]:
    [whole] = write_media_packs(SITE, MEDIA, ["Enregistrements."])
    parts = write_media_packs(SITE, MEDIA, limit=4_500)
    name, sound = next(iter(MEDIA.items()))

    def packed(*lines: Any, heading: str = f"kunnafoni-media/1 {SITE}", end: str = "\n") -> str:
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + end
        return f"{heading}\n{base64.b64encode(zlib.compress(text.encode(), wbits=31)).decode()}\n"

    def medium(name: str = name, data: Any = base64url_encode(sound)) -> dict[str, Any]:  # noqa: B008
        return {"name": name, "data": data}

    refused = [
        ("a message", "pack-malformed", "kunnafoni-media/ Bonjour."),
        ("no site", "pack-malformed", whole.replace(f" {SITE}", "", 1)),
        ("a later format", "version-unknown", whole.replace("media/1", "media/2", 1)),
        ("a truncated file", "pack-malformed", whole[: len(whole) // 2]),
        ("no line", "pack-malformed", packed(end="")),
        ("no last line feed", "pack-malformed", packed(medium(), end="")),
        ("an empty line", "pack-malformed", packed(medium(), "")),
        ("a page", "pack-malformed", packed({"body": "A"})),
        ("a list", "pack-malformed", packed([])),
        ("another file's name", "pack-malformed", packed(medium("../index.html"))),
        ("a name with a line end", "pack-malformed", packed(medium(f"{name}\n"))),
        ("data that are a number", "pack-malformed", packed(medium(data=7))),
        ("data in another alphabet", "pack-malformed", packed(medium(data="+/+/"))),
        ("data that are not the name's", "manifest-false", packed(medium(data="AAAA"))),
        ("one false among good ones", "manifest-false", packed(medium(), medium(data="AAAA"))),
    ]
    return {
        "site": SITE,
        "media": {name: base64url_encode(sound) for name, sound in MEDIA.items()},
        "whole": whole,
        "parts": parts,
        "refused": [{"why": why, "code": code, "text": text} for why, code, text in refused],
    }


if __name__ == "__main__":
    save("media-pack", media_pack_cases())
