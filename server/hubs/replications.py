"""Which databases replicate where, and what of them: CouchDB's own replications between headquarters and a hub, as plain values.

    headquarters                                                    hub
    editions ───────────────────────────────────────────────────►  editions     chosen channels
    content, devices, receipts, answers, erasures ──► down ──────►  content, people, feedback
    feedback, journal ◄── up-NAME ◄───────────────────────────────  feedback, journal

Why `down` and `up-NAME` between: a hub's account opens those and the public editions, nothing else of headquarters. A stolen hub gives
away no account of a person and no other hub's answers, and `up-NAME` is emptied as soon as headquarters has what it held.
No selector lets a design document pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sync.editions.edition import CHANNEL
from sync.errors import Refused
from sync.locale import N_
from sync.store.administration import CouchAdmin
from sync.store.contract import Collection

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")

_WORK = "draft:|aside:|past:"  # texts nobody approved stay at headquarters
_BESIDE = "receipt:|answer:|erased:"
_SENT = "submission:|file:|piece:|received:|withdrawal:"


PAGES, TEXTS, PHONES = N_("Pages publiées"), N_("Textes relus"), N_("Téléphones inscrits")
BESIDE, ANSWERS, NEWS = N_("Reçus, réponses et effacements"), N_("Fiches et messages"), N_("Nouvelles du relais")


@dataclass(frozen=True, slots=True)
class Road:
    """One replication. `ids`: which documents take it, as a pattern of their ids. `carries`: what that is, in words (a msgid).
    `up`: from a hub to headquarters.
    """

    name: str
    source: str
    target: str
    ids: str
    carries: str
    up: bool = False

    @property
    def document(self) -> str:
        return f"kunnafoni-{self.name}"

    def body(self, source: CouchAdmin, target: CouchAdmin) -> dict[str, Any]:
        return {
            "source": source.end(self.source),
            "target": target.end(self.target),
            "selector": {"_id": {"$regex": self.ids}},
            "continuous": True,
            "create_target": False,
        }


def check_name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise Refused(
            "hub-name",
            "« {name} » ne peut pas nommer un relais : lettres minuscules, chiffres et tirets.",
            name=name[:60],
        )
    return name


def role(prefix: str) -> str:
    return f"{prefix}-hub"


def account(prefix: str, name: str) -> str:
    return f"{prefix}-hub-{name}"


def down(prefix: str) -> str:
    return f"{prefix}-down"


def up(prefix: str, name: str) -> str:
    return f"{prefix}-up-{name}"


def room(prefix: str, room: Collection) -> str:
    return f"{prefix}-{room.value}"


def at_headquarters(prefix: str, names: Sequence[str]) -> list[Road]:
    """Inside headquarters' own CouchDB: what fills `down`, and what comes out of each hub's box."""
    roads = [
        Road(f"{prefix}-down-content", room(prefix, Collection.CONTENT), down(prefix), f"^(?!_design/|{_WORK})", TEXTS),
        Road(f"{prefix}-down-people", room(prefix, Collection.PEOPLE), down(prefix), "^device:", PHONES),
        Road(f"{prefix}-down-feedback", room(prefix, Collection.FEEDBACK), down(prefix), f"^({_BESIDE})", BESIDE),
    ]
    for name in names:
        box = up(prefix, name)
        roads.append(
            Road(
                f"{prefix}-up-{name}-feedback", box, room(prefix, Collection.FEEDBACK), f"^({_SENT})", ANSWERS, up=True
            )
        )
        roads.append(
            Road(
                f"{prefix}-up-{name}-journal",
                box,
                room(prefix, Collection.JOURNAL),
                f"^(hub:{name}$|count:)",
                NEWS,
                up=True,
            )
        )
    return roads


def at_hub(here: str, there: str, name: str, channels: Sequence[str]) -> list[Road]:
    """Between headquarters (databases `there-…`) and a hub (`here-…`). No channels: all."""
    for channel in channels:
        if not CHANNEL.fullmatch(channel):
            raise Refused("channel-unknown", "La chaîne {channel} n’est pas dans site.yaml.", channel=channel)
    others = f"|(head|fresh|log):(?!({'|'.join(channels)})(:|$))" if channels else ""
    box = up(there, name)
    return [
        Road(
            f"{here}-editions",
            room(there, Collection.EDITIONS),
            room(here, Collection.EDITIONS),
            f"^(?!_design/|request:{others})",
            PAGES,
        ),
        Road(f"{here}-content", down(there), room(here, Collection.CONTENT), f"^(?!_design/|device:|{_BESIDE})", TEXTS),
        Road(f"{here}-people", down(there), room(here, Collection.PEOPLE), "^device:", PHONES),
        Road(f"{here}-beside", down(there), room(here, Collection.FEEDBACK), f"^({_BESIDE})", BESIDE),
        Road(f"{here}-feedback", room(here, Collection.FEEDBACK), box, f"^({_SENT})", ANSWERS, up=True),
        Road(f"{here}-journal", room(here, Collection.JOURNAL), box, f"^(hub:{name}$|count:)", NEWS, up=True),
    ]


READ_ONLY = """function (document, before, account) {{
  if (account.roles.indexOf('{role}') >= 0) throw {{forbidden: 'a hub only reads here'}};
}}"""

ONLY_SENT = """function (document, before, account) {{
  if (account.roles.indexOf('{role}') < 0) return;
  var sent = /^(submission|file|piece|received|withdrawal|hub|count):/.test(document._id);
  if (document._deleted || !sent) throw {{forbidden: 'a hub only sends'}};
}}"""


def fence(script: str, prefix: str) -> dict[str, Any]:
    """A design document that holds back what a hub's account may not write."""
    return {"language": "javascript", "validate_doc_update": script.format(role=role(prefix))}
