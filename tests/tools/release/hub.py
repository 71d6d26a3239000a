"""Headquarters and a hub in one CouchDB of others. It replicates nothing by itself: what each road would carry is
carried here.
"""

from __future__ import annotations

import datetime
import json
import re
import time
from pathlib import Path
from typing import Any

import httpx

from sync.canonical import digest
from sync.forms.compiled_form import Form
from sync.forms.compiler import compile_markdown
from tests.support.phone_simulator import PhoneSimulator
from tests.support.repository import ROOT
from tests.support.server_process import run_command, running_server
from tests.tools.release.couch import Couch
from tests.tools.release.site import PUSH, Command

NAME = "kayes"


def join(folder: Path, hub: Path, headquarters: str, here: str, run: Command = run_command) -> dict[str, Any]:
    """Add the hub at headquarters and join from the hub; return the printed address."""
    there, couch = Couch(headquarters), Couch(here)
    address = f"http://{headquarters.partition('@')[2].partition('/')[0]}"
    said = run(folder, "hub", "add", NAME, "--address", address, "--store", headquarters)
    found = re.search(r"hub join '(.+)'", said)
    assert found, said
    run(hub, "hub", "join", found[1], "--channel", "fr-ML", "--store", here)
    carry(couch, there.prefix, up=False)
    carry(couch, couch.prefix, up=False)
    facts = _hub_day(hub, here)
    carry(couch, couch.prefix, up=True)
    carry(there, there.prefix, up=True)
    with running_server(folder, "--store", headquarters, KUNNAFONI_PUSH_SERVICES=PUSH) as server:
        server.get("")
        time.sleep(5)  # receipts for what came by a hub are written a moment later
    carry(couch, there.prefix, up=False)
    carry(couch, couch.prefix, up=False)
    return {"name": NAME, **facts}


def carry(couch: Couch, prefix: str, *, up: bool) -> None:
    """Copy what the replications of this prefix let pass, as `_replicator` names them: those that come from a hub, or
    all others.
    """
    for road in couch.documents("_replicator", f"^kunnafoni-{prefix}-"):
        name = road["_id"].removeprefix(f"kunnafoni-{prefix}-")
        if (name in ("feedback", "journal") or name.startswith("up-")) is up:
            source, target = (road[end]["url"].rpartition("/")[2] for end in ("source", "target"))
            couch.fill(target, couch.documents(source, road["selector"]["_id"]["$regex"]))


def _hub_day(hub: Path, here: str) -> dict[str, Any]:
    """Two reports that came to the hub, one of them taken back there."""
    form = Form(compile_markdown("utilite", (ROOT / "content/forms/utilite.md").read_text("utf-8")))
    with running_server(hub, "--store", here, KUNNAFONI_PUBLISHER="0") as server:
        statement = json.loads(server.get("feed/fr-ML/manifest"))["statement"]
        phone = PhoneSimulator(json.loads(statement)[1], seed=7)
        day = datetime.datetime.now(datetime.UTC).date().isoformat()
        kept, back = (
            phone.fill(form, {"page": page, "aide": "oui"}, day=day) for page in ("Au relais", "Reprise au relais")
        )
        for filled in (kept, back):
            answer = httpx.post(server.url + "inbox", content=filled.line.encode(), timeout=30)
            assert json.loads(answer.text)["carrier"] == NAME, answer.text
        taken = httpx.post(server.url + "inbox/withdrawals", json={"id": back.id, "secret": back.secret}, timeout=30)
        assert taken.status_code in (200, 204), taken.text
        time.sleep(3)
        return {"report": kept.id, "secret": kept.secret, "takenBack": back.id, "edition": digest(statement)}
