"""The life of a small site, from its first import to a day with forms, alerts and drafts. What it did is told as
facts.
"""

from __future__ import annotations

import datetime
import json
import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import httpx

from sync.canonical import base64url_encode, digest
from sync.editions.signing import Signer
from tests.support.repository import ROOT
from tests.support.server_process import ServerProcess, run_command, running_server
from tests.tools.release.people import (
    GUIDE,
    OTHER,
    PASSWORD,
    Colleague,
    answer_people,
    draft_alerts,
    send_alert,
    write_and_review,
)

PWA = ROOT / "pwa"
Command = Callable[..., str]  # runs a command in a folder; what it said
CHANNEL = "fr-ML"
PUSH = "push.invalid"  # a name that no machine has: what is sent there waits
CONTACT = "mailto:alertes@exemple.ml"
PHRASE = "cinq mots sans aucun rapport"
KEYS = ("sealing.pem", "recovery.pem")
VISIT = """| survey |
| | type | name | label | required |
| | text | paroles | Qu’a dit la personne ? | yes |
| | integer | femmes | Combien de femmes ? | |
| | begin repeat | enfants | Enfant | |
| | integer | ans | Âge | yes |
| | end repeat | | | |
| | image | vue | La photo | |

| settings |
| | form_title | form_id | sealed |
| | Visite | visite | no |
"""
TRUST = """| survey |
| | type | name | label | required |
| | text | nom | Quel est votre nom ? | yes |

| settings |
| | form_title | form_id |
| | Confiance | confiance |
"""


def prepare(folder: Path) -> None:
    """The demonstration's content in one channel, with two forms more, and the app as it is built."""
    shutil.copytree(ROOT / "content", folder / "content")
    site = folder / "content/site.yaml"
    site.write_text(re.sub(r"(?m)^channels: .*$", f"channels: [{CHANNEL}]", site.read_text("utf-8")), "utf-8")
    for slug, text in (("visite", VISIT), ("confiance", TRUST)):
        (folder / f"content/forms/{slug}.md").write_text(text, "utf-8")
    subprocess.run(["npm", "--prefix", str(PWA), "run", "build"], check=True, stdout=subprocess.DEVNULL)
    shutil.copytree(PWA / "dist", folder / "app")


def live(folder: Path, run: Command = run_command) -> dict[str, Any]:
    """Import, publish, people and phones of some minutes; facts of what the site holds at the end."""
    run(folder, "import", str(folder / "content"))
    run(folder, "publish")
    key, recovery = (folder / name for name in KEYS)
    run(folder, "keys", "new", str(key), str(recovery))
    for file in (key, recovery):
        run(folder, "feedback", "open", "--test", "--key", str(file))
    run(folder, "publish")
    stations = [f"Radio Kayes {number}" for number in (1, 2, 3)]  # nobody takes the third's code
    codes = [_code(run(folder, "device", "enrol", station, "--place", "ML-1")) for station in stations]
    names = {"awa": "administrator", "moussa": "coordinator", "fanta": "editor", "binta": "analyst"}
    links = {name: _link(run(folder, "account", "add", name, "--role", role)) for name, role in names.items()}
    later = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=20)).strftime("%Y-%m-%dT18:00")
    with (
        running_server(folder, KUNNAFONI_PUSH_SERVICES=PUSH, KUNNAFONI_PUSH_CONTACT=CONTACT) as server,
        ExitStack() as ends,
    ):
        server.get("")
        people = {name: Colleague(server.url, name, links[name]) for name in ("awa", "moussa", "fanta")}
        for one in people.values():
            ends.callback(one.close)
        second = people["fanta"].turn_on_second()
        write_and_review(people["fanta"], people["moussa"])
        phone = _phones(server, codes, folder)
        ended = send_alert(people["moussa"], later, **{"fr-headline": "Avant tout abonnement"})
        _await(folder / "data/kunnafoni.db", "sent:%")  # whoever subscribes before would still be told of it
        _subscribe(server)
        sent = send_alert(people["moussa"], later, **{"fr-headline": "Après un abonnement"})
        alerts = {"ended": ended, "sent": sent, **draft_alerts(people["moussa"], later)}
        answer_people(people["moussa"], phone["ids"])
        _ask(server, "inbox/withdrawals", {"id": phone["ids"]["takenBack"], "secret": phone["secrets"]["takenBack"]})
        _ask(server, "push/shown", {"alert": sent, "lang": "fr"})
        people["awa"].deed("/publishing/ask", "/publishing/ask", {"why": "Pour demain"})
        _await(folder / "data/kunnafoni.db", "shown:%", "later:%", "request:%")
        pages = {path: _said(server, path) for path in (f"{CHANNEL}/", f"{CHANNEL}/guides/premiers-pas", "")}
        edition = digest(json.loads(server.get(f"feed/{CHANNEL}/manifest"))["statement"])
    return {
        "channel": CHANNEL,
        "edition": edition,
        "accounts": names,
        "password": PASSWORD,
        "second": second,
        "phrase": PHRASE,
        "push": PUSH,
        "alerts": alerts,
        "documents": {"approved": GUIDE, "draft": OTHER},
        "pages": pages,
        "phone": phone,
    }


def _code(said: str) -> str:
    found = re.search(r" : (\w{5}-\w{5}) ", said)
    assert found
    return found[1].replace("-", "")


def _link(said: str) -> str:
    found = re.search(r"http\S+/console/welcome/\S+", said)
    assert found
    return found[0]


def _await(file: Path, *ids: str) -> None:
    """Until records whose ids are alike are there: the server writes some things a moment later."""
    end = time.monotonic() + 60
    with closing(sqlite3.connect(file)) as connection:
        for like in ids:
            done = "SELECT count(*) FROM record WHERE id LIKE ? AND body NOT LIKE '%\"waiting\"%'"
            while not connection.execute(done, (like,)).fetchone()[0]:
                assert time.monotonic() < end, f"no {like} came"
                time.sleep(0.2)


def _said(server: ServerProcess, path: str) -> str:
    """The page's title."""
    found = re.search(r"<title>(.*?)</title>", server.get(path).decode())
    assert found
    return found[1]


def _phones(server: ServerProcess, codes: list[str], folder: Path) -> dict[str, Any]:
    script = PWA / "node_modules/.cache/release/release.mjs"
    subprocess.run(
        [
            "node_modules/.bin/esbuild",
            "test/support/release-phones.ts",
            f"--outfile={script}",
            "--bundle",
            "--format=esm",
            "--platform=node",
            "--log-level=warning",
            '--define:__VERSION__="test"',
        ],
        cwd=PWA,
        check=True,
    )
    command = ["node", str(script), server.url.rstrip("/"), codes[0], codes[1], str(folder)]
    said = subprocess.run(command, cwd=PWA, check=True, stdout=subprocess.PIPE, text=True, timeout=120).stdout
    facts: dict[str, Any] = json.loads(said.splitlines()[-1])
    return facts


def _subscribe(server: ServerProcess) -> None:
    keys = {"p256dh": Signer.generate().public_key, "auth": base64url_encode(b"0123456789abcdef")}
    chosen = {"channel": CHANNEL, "topics": ["alerts"], "region": "", "severity": "Minor"}
    _ask(server, "push/subscriptions", {"endpoint": f"https://{PUSH}/send/1", "keys": keys, **chosen})


def _ask(server: ServerProcess, path: str, value: Any) -> None:
    answer = httpx.post(server.url + path, json=value, timeout=30)
    assert answer.status_code in (200, 204), answer.text
