"""Keep what a release leaves behind, for the releases after it to be tested with: `python -m tests.tools.make_release
VERSION`.

Run once, on the very state that is released, after `make setup`. Under tests/vectors/releases/VERSION/ it writes what
the README.md beside that folder describes: a site's data folder, a backup, the databases of headquarters and of a hub,
two phones, the app as it was built, and in `facts.json` what they hold. All of it is made through what a release
promises: commands, addresses, the app's own code. Keys, codes and moments differ at each run; nothing is ever written
over.
"""

from __future__ import annotations

import io
import json
import lzma
import re
import shutil
import sqlite3
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import brotli

from tests.support.repository import ROOT
from tests.support.server_process import run_command
from tests.support.store_backends import pouchdb_server
from tests.tools.release import hub
from tests.tools.release.couch import Couch
from tests.tools.release.site import KEYS, PHRASE, live, prepare

RELEASES = ROOT / "tests/vectors/releases"
LIMIT = 500_000  # bytes of a file: they stay in the repository for ever


def main(version: str) -> None:
    target = RELEASES / version
    target.mkdir(parents=True)
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / "site"
        folder.mkdir()
        prepare(folder)
        facts = {"version": version, **live(folder)}
        phrase = folder / "phrase"
        phrase.touch(0o600)
        phrase.write_text(PHRASE, "utf-8")
        run_command(folder, "backup", str(target / "site.backup"), "--passphrase-file", str(phrase))
        facts["store"] = _copied(folder, f"sqlite:///{folder / 'data/kunnafoni.db'}", f"sqlite:///{folder / 'copy.db'}")
        facts["exports"] = {slug: _exported(folder, slug) for slug in ("visite", "confiance", "utilite")}
        facts |= _couches(folder, target)
        _settle(folder / "data/kunnafoni.db")
        _pack(target / "site.tar.xz", folder, "data/kunnafoni.db", "data/keys", *KEYS)
        _pack(target / "app.tar.xz", folder, "app")
        for phone in ("phone", "phone-cut"):
            (target / f"{phone}.json.br").write_bytes(
                brotli.compress((folder / f"{phone}.json").read_bytes(), quality=11)
            )
    (target / "facts.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    for file in sorted(target.iterdir()):
        assert file.stat().st_size <= LIMIT, f"{file.name} has {file.stat().st_size} bytes"


def _couches(folder: Path, target: Path) -> dict[str, Any]:
    """The store in CouchDB, a hub that joined it, and what is in both once the hub lived a moment."""
    there = folder.with_name("hub")
    there.mkdir()
    shutil.copytree(folder / "app", there / "app")
    scratch = folder.with_name("couch")
    scratch.mkdir()
    facts: dict[str, Any] = {}
    with pouchdb_server(scratch) as host:
        sides = {name: f"couchdb://test:se%2Fcr%40t@{host}/{name}" for name in ("site", "relais")}
        _copied(folder, f"sqlite:///{folder / 'data/kunnafoni.db'}", sides["site"])
        facts["hub"] = hub.join(folder, there, sides["site"], sides["relais"])
        for name, address in sides.items():
            dump = json.dumps(Couch(address).dump(), ensure_ascii=False, sort_keys=True).encode()
            (target / f"couch-{name}.json.xz").write_bytes(lzma.compress(dump, preset=9))
            facts[f"couch-{name}"] = _copied(folder, address, f"sqlite:///{folder / name}.db")
    return facts


def _copied(folder: Path, source: str, copy: str) -> dict[str, str]:
    """Copy the store into the folder; return the record and blob counts and the digest that the command prints."""
    found = re.search(r"(\d+) fiches, (\d+) fichiers, empreinte (\S+)", run_command(folder, "copy", source, copy))
    assert found
    return {"records": found[1], "blobs": found[2], "digest": found[3]}


def _exported(folder: Path, slug: str) -> list[Any]:
    """Every answer to a form, sealed ones opened."""
    out = folder / f"{slug}.ndjson"
    run_command(
        folder, "feedback", "open", str(out), "--key", str(folder / KEYS[0]), "--form", slug, "--format", "ndjson"
    )
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def _settle(file: Path) -> None:
    """One file, without what was written over in it and without a log beside it."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("VACUUM")
    connection.close()


def _pack(target: Path, folder: Path, *names: str) -> None:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as packed:
        for name in names:
            packed.add(folder / name, name, filter=_nobodys)
    target.write_bytes(lzma.compress(raw.getvalue(), preset=9))


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    main(sys.argv[1])
