"""The doctor's question to the server that runs on this machine: what keeps it from being ready?"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anyio import to_thread

from server.maintenance.finding import Finding
from server.settings import Settings
from server.supervision.job_state import JOB_FAILING, JOB_LATE
from server.web.health import DISK_FULL, NOTHING_PUBLISHED
from sync.locale import N_

TIMEOUT = 5.0  # seconds
MAX_ANSWER_BYTES = 64 * 1024
SENTENCES = {
    JOB_FAILING: N_("La tâche « {job} » du serveur échoue ; elle recommence toute seule (échecs de suite : {count})."),
    JOB_LATE: N_("La tâche « {job} » du serveur n’a pas abouti depuis {seconds} secondes."),
    DISK_FULL: N_("Le serveur n’accepte plus d’envois : le disque est plein."),
}
OTHER_SENTENCE = N_("Le serveur qui tourne n’est pas prêt : {code}.")


@dataclass(frozen=True, slots=True)
class ServerState:
    """An answer of `/readyz`. `store`: the beginning of the identity of the server's store."""

    store: str
    problems: tuple[Mapping[str, Any], ...]

    def is_of(self, identity: str) -> bool:
        """True if the server has the store with this identity: any program may listen at the port."""
        return bool(self.store) and identity.startswith(self.store)

    def findings(self) -> list[Finding]:
        """A finding for each problem but those that other checks find."""
        return [
            Finding(
                str(problem["code"]),
                SENTENCES.get(str(problem["code"]), OTHER_SENTENCE),
                "Le journal du serveur dit pourquoi.",
                values={
                    "code": str(problem["code"]),
                    "job": str(problem.get("job", "")),
                    "count": problem.get("failures", 0),
                    "seconds": problem.get("seconds", 0),
                },
            )
            for problem in self.problems
            if problem["code"] != NOTHING_PUBLISHED
        ]


async def ask_server(settings: Settings) -> ServerState | None:
    """The state of the server at the address of the settings; None if none of this program answers there."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 -- not listened on
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}/readyz"
    answer = await to_thread.run_sync(_read, url)
    try:
        body = json.loads(answer)
        return ServerState(
            str(body["store"]), tuple(problem for problem in body.get("problems", ()) if problem["code"])
        )
    except (ValueError, TypeError, KeyError):
        return None


def _read(url: str) -> bytes:
    """The body of the answer, whatever its status; empty without one."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        try:
            answer = opener.open(url, timeout=TIMEOUT)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return bytes(answer.read(MAX_ANSWER_BYTES))
    except (OSError, ValueError):
        return b""
