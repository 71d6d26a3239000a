"""Names in stored data, read from a site, a hub and a phone after a short run: ids, fields, tables, databases,
files.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.support.content_folder import GOOD, write
from tests.support.repository import ROOT
from tests.support.server_process import invoke_command
from tests.support.small_site import APP
from tests.support.store_backends import pouchdb_server
from tests.tools.release import hub
from tests.tools.release.couch import Couch
from tests.tools.release.site import TRUST, VISIT, live

GUIDES = ("premiers-pas", "telegram", "tiktok", *(f"autre-{number}" for number in range(12)))
DIGEST = re.compile(r"[A-Za-z0-9_-]{43}(\.\w+)?")
SHAPES = (
    ("DIGEST", DIGEST),
    ("MOMENT", re.compile(r"MOMENT|20\d{6}T\d{6}")),
    ("HEX", re.compile(r"[0-9a-f]{6,}")),
    ("NUMBER", re.compile(r"\d+")),
)
NAMED = ("settings", "desk", "trust")  # stores of the phone whose keys are names
FEW = {"state", "kind", "role", "road", "lock"}  # fields with one of a few words
REASONS = {"feedback/erased", "content/aside", "content/past"}  # records whose `why` is one of a few words too
MOMENT_IN_ID = re.compile(r"(?<=:)20\d\d-\d\d-\d\dT[\d:.]+Z")

Names = dict[str, Any]


def stored_names(folder: Path) -> Names:
    """Run the steps of a release's small site, hub and phones with the current code; return the names stored."""

    site, hub_folder, scratch = (folder / name for name in ("site", "hub", "couch"))
    scratch.mkdir()
    words = "Gardez votre téléphone avec vous, et ne donnez votre code à personne. " * 30
    guides = {f"guides/{slug}/fr.md": f"---\ntitle: {slug}\n---\n{slug} {words}\n" for slug in GUIDES}
    useful = (ROOT / "content/forms/utilite.md").read_text("utf-8")
    forms = {"forms/visite.md": VISIT, "forms/confiance.md": TRUST, "forms/utilite.md": useful}
    one_channel = {"site.yaml": GOOD["site.yaml"].replace("channels: [fr-ML, bm-ML]", "channels: [fr-ML]")}
    write(site / "content", {**GOOD, **guides, **forms, **one_channel})
    for place in (site, hub_folder):
        write(place / "app", APP)
    live(site, invoke_command)
    with pouchdb_server(scratch) as host:
        addresses = {name: f"couchdb://test:se%2Fcr%40t@{host}/{name}" for name in ("site", "relais")}
        invoke_command(site, "copy", f"sqlite:///{site / 'data/kunnafoni.db'}", addresses["site"])
        hub.join(site, hub_folder, addresses["site"], addresses["relais"], invoke_command)
        dumps = [Couch(address).dump() for address in addresses.values()]
    return {
        "sqlite": _tables(site / "data/kunnafoni.db"),
        "records": _records([*_sqlite(site / "data/kunnafoni.db"), *(row for dump in dumps for row in _couch(dump))]),
        "couchdb": {name: _database(database) for dump in dumps for name, database in sorted(dump.items())},
        "indexeddb": _phone(
            [json.loads((site / f"{name}.json").read_text("utf-8")) for name in ("phone", "phone-cut")]
        ),
        "key folder": sorted({re.sub(r"\d+", "N", path.name) for path in (site / "data/keys").iterdir()}),
    }


def _tables(file: Path) -> Names:
    with closing(sqlite3.connect(file)) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        columns = {
            name: [f"{row[1]} {row[2]}" for row in connection.execute(f"PRAGMA table_info({name})")] for name in tables
        }
        return {"file": file.name, "tables": columns} | {
            pragma: connection.execute(f"PRAGMA {pragma}").fetchone()[0]
            for pragma in ("application_id", "user_version")
        }


def _sqlite(file: Path) -> list[tuple[str, str, Any]]:
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT room, id, body FROM record WHERE body IS NOT NULL").fetchall()
        return [(room, id, json.loads(body)) for room, id, body in rows]


def _couch(dump: Any) -> Iterator[tuple[str, str, Any]]:
    for name, database in dump.items():
        room = name.partition("-")[2]
        if not name.startswith("_") and room.isalpha() and room != "down":
            for document in database["documents"]:
                if re.match(r"[a-z]", document["_id"]):
                    yield (
                        room,
                        document["_id"],
                        {key: value for key, value in document.items() if not key.startswith("_")},
                    )


def _records(rows: Iterable[tuple[str, str, Any]]) -> Names:
    """The shapes of ids and the paths of fields, by collection and id prefix."""
    ids: dict[str, set[str]] = defaultdict(set)
    fields: dict[str, set[str]] = defaultdict(set)
    for room, id, body in rows:
        kind = f"{room}/{id.partition(':')[0]}"
        ids[kind].add(_shape(id))
        fields[kind] |= set(paths(body)) | _words(body, FEW | ({"why"} if kind in REASONS else set()))
    return {kind: {"ids": sorted(ids[kind]), "fields": sorted(fields[kind])} for kind in sorted(ids)}


def _words(value: Any, fields: Set[str]) -> set[str]:
    """`state = waiting`: the values of fields with a fixed set of words."""
    return {f"{field} = {value[field]}" for field in fields if field in value} if isinstance(value, dict) else set()


def _shape(id: str) -> str:
    first, *rest = MOMENT_IN_ID.sub("MOMENT", id).split(":")
    return ":".join([first, *(next((name for name, form in SHAPES if form.fullmatch(part)), "WORD") for part in rest)])


def paths(value: Any, at: str = "") -> Iterator[str]:
    """The path of every value that is no object or list: `fields.info.fr.headline`, `channels[]`."""
    if isinstance(value, dict) and len(value) == 1 and next(iter(value)).startswith("$"):
        yield f"{at} {next(iter(value))}"
    elif isinstance(value, dict) and value:
        for key, part in value.items():
            yield from paths(part, f"{at}.{_key(key)}" if at else _key(key))
    elif isinstance(value, list) and value:
        for part in value:
            yield from paths(part, f"{at}[]")
    else:
        yield at


def _key(key: str) -> str:
    """A field's name; a star for a digest, and for what follows the kind in the id of a record."""
    if DIGEST.fullmatch(key):
        return "*"
    kind, colon, _ = key.partition(":")
    return f"{kind}:*" if colon else key


def _database(database: Any) -> Names:
    """The security object and the documents that only CouchDB reads."""
    documents = [
        document
        for document in database["documents"]
        if not re.match(r"[a-z]", document["_id"]) or "selector" in document
    ]
    own: Names = {re.sub(DIGEST, "DIGEST", document["_id"]): _own(document) for document in documents}
    security = re.sub(r"\.[0-9a-f]{6}\b", ".HEX", json.dumps(database["security"]))  # of a hub's box
    return {"security": json.loads(security), "documents": own}


def _own(document: Any) -> Any:
    """A replication's ends and selector, a design document's fields, or a blob's attachment."""
    if "selector" in document:
        return [document[end]["url"].rpartition("/")[2] for end in ("source", "target")] + [
            document["selector"]["_id"]["$regex"]
        ]
    return sorted(key for key in document if key != "_rev") + sorted(document.get("_attachments", {}))


def _phone(dumps: list[Any]) -> Names:
    """The IndexedDB database and its stores with their fields; by key where keys are names."""
    stores: dict[str, set[str]] = {store: set() for store in dumps[0]["stores"]}
    for dump in dumps:
        for store, content in dump["stores"].items():
            for key, value in content["records"]:
                begin = f"{key}: " if store in NAMED else f"{'/'.join('*' for _ in key.split('/'))}: "
                stores[store] |= {begin + path for path in paths(value)} | {begin + word for word in _words(value, FEW)}
    first = dumps[0]
    keys = {store: [content["keyPath"], content["autoIncrement"]] for store, content in first["stores"].items()}
    return {
        "name": first["name"],
        "version": first["version"],
        "stores": {store: {"key": keys[store], "fields": sorted(stores[store])} for store in sorted(stores)},
    }
