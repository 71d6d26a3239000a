"""The replications between headquarters and hubs, as values. Used by `hub_administration.py`, `join.py` and the doctor.

    headquarters                                                    hub
    editions ───────────────────────────────────────────────────►  editions     chosen channels
    content, devices, receipts, answers, erasures ──► down ──────►  content, people, feedback
    feedback, journal ◄── up-NAME ◄───────────────────────────────  feedback, journal

A hub that downloads pages from the site's web address asks for what comes down by itself (`change_polling.py`).

`down` and `up-NAME` are staging databases: a hub's account can access these and the public editions, nothing else of
headquarters. A stolen hub discloses no person's account and no other hub's submissions, and documents in `up-NAME` are
purged as soon as headquarters has them. No selector matches a design document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sync.content.schemas import DOCUMENT_TYPES
from sync.editions.edition_statement import CHANNEL
from sync.errors import Refused
from sync.locale import N_
from sync.store.administration import CouchAdmin
from sync.store.contract import Collection
from sync.submissions.related_records import HEADQUARTERS_NODE

NAME_PATTERN = re.compile(r"[a-z][a-z0-9-]{0,39}")

# Documents and media alone go to hubs. What is not named here stays at headquarters: unapproved texts, unsent alerts,
# messages of other services with their bytes, briefs, and whatever a later release keeps in this collection.
_DOCUMENT_IDS = f"(?:{'|'.join(sorted(DOCUMENT_TYPES))})(?::|$)|media:"
_REPLY_PREFIXES = "receipt:|answer:|erased:"
_SUBMISSION_PREFIXES = "submission:|file:|piece:|received:|withdrawal:"
HEADQUARTERS_NAMES = (HEADQUARTERS_NODE, "hub")  # in `received:{id}:{name}`; hubs before 0.2 say "hub" too

_COLLECTIONS = {
    **dict.fromkeys(("key", "head", "fresh"), Collection.EDITIONS),
    "device": Collection.PEOPLE,
    **dict.fromkeys(("receipt", "answer", "erased"), Collection.FEEDBACK),
}

LINK_TIMEOUT = 180_000  # milliseconds; CouchDB asks for changes anew three times in it, two kilobytes each time
CHECKPOINT_INTERVAL = 300_000  # milliseconds; a checkpoint costs two kilobytes, and a restart without one little more

PAGES, TEXTS, PHONES = N_("Pages publiées"), N_("Textes relus"), N_("Téléphones inscrits")
REPLIES, ANSWERS, NEWS = N_("Reçus, réponses et effacements"), N_("Fiches et messages"), N_("Nouvelles du relais")
REGISTERS = N_("Lieux, téléphones et reçus")


@dataclass(frozen=True, slots=True)
class Replication:
    """One replication of the documents whose ids match `id_pattern`.

    `label`: its contents in words, a msgid. `is_upward`: from a hub to headquarters. `is_polled`: the hub's server asks
    for the changes, and CouchDB has no definition of it; `target` is then the prefix of the hub's databases.
    """

    name: str
    source: str
    target: str
    id_pattern: str
    label: str
    is_upward: bool = False
    is_polled: bool = False

    @property
    def document_id(self) -> str:
        return f"kunnafoni-{self.name}"

    @property
    def state_id(self) -> str:
        """The id of the record in the hub's journal that says how far a polled one is."""
        return f"polled:{self.name}"

    @property
    def selector(self) -> dict[str, Any]:
        return {"_id": {"$regex": self.id_pattern}}

    def matches(self, id: str) -> bool:
        return re.search(self.id_pattern, id) is not None

    def to_document(self, source: CouchAdmin, target: CouchAdmin) -> dict[str, Any]:
        return {
            "source": source.endpoint(self.source),
            "target": target.endpoint(self.target),
            "selector": self.selector,
            "continuous": True,
            "create_target": False,
        }


def check_name(name: str) -> str:
    if not NAME_PATTERN.fullmatch(name):
        raise Refused(
            "hub-name",
            "« {name} » ne peut pas nommer un relais : lettres minuscules, chiffres et tirets.",
            name=name[:60],
        )
    return name


def check_new_name(name: str) -> str:
    """Check the name of a hub to be added, which marks the records of what it received. Raises Refused."""
    if name in HEADQUARTERS_NAMES:
        raise Refused(
            "hub-name", "« {name} » désigne déjà des machines du siège : donnez au relais un autre nom.", name=name
        )
    return check_name(name)


def hub_role(prefix: str) -> str:
    return f"{prefix}-hub"


def hub_account(prefix: str, name: str, box: str = "") -> str:
    """Account of a hub's box, so that one that was replaced locks out no other. Earlier releases name no box."""
    return f"{prefix}-hub-{name}.{box}" if box else f"{prefix}-hub-{name}"


def hub_name(prefix: str, account: str) -> str:
    return account.removeprefix(hub_account(prefix, "")).partition(".")[0]


def down_database(prefix: str) -> str:
    return f"{prefix}-down"


def up_database(prefix: str, name: str) -> str:
    return f"{prefix}-up-{name}"


def collection_database(prefix: str, collection: Collection) -> str:
    return f"{prefix}-{collection.value}"


def headquarters_replications(prefix: str, names: Sequence[str]) -> list[Replication]:
    """Replications inside headquarters' CouchDB: into `down`, and from `up-NAME` of each hub."""
    expected = [
        Replication(
            f"{prefix}-down-content",
            collection_database(prefix, Collection.CONTENT),
            down_database(prefix),
            f"^(?:{_DOCUMENT_IDS})",
            TEXTS,
        ),
        Replication(
            f"{prefix}-down-people",
            collection_database(prefix, Collection.PEOPLE),
            down_database(prefix),
            "^device:",
            PHONES,
        ),
        Replication(
            f"{prefix}-down-feedback",
            collection_database(prefix, Collection.FEEDBACK),
            down_database(prefix),
            f"^({_REPLY_PREFIXES})",
            REPLIES,
        ),
    ]
    for name in names:
        database = up_database(prefix, name)
        expected.append(
            Replication(
                f"{prefix}-up-{name}-feedback",
                database,
                collection_database(prefix, Collection.FEEDBACK),
                f"^(submission:|file:|piece:|withdrawal:|received:[^:]*:({_arrival_names(name)})$)",
                ANSWERS,
                is_upward=True,
            )
        )
        expected.append(
            Replication(
                f"{prefix}-up-{name}-journal",
                database,
                collection_database(prefix, Collection.JOURNAL),
                f"^(hub:{name}$|count:)",
                NEWS,
                is_upward=True,
            )
        )
    return expected


def hub_replications(
    hub_prefix: str, headquarters_prefix: str, name: str, channels: Sequence[str], *, downloads: bool = False
) -> list[Replication]:
    """Replications between headquarters and a hub, by the prefixes of their databases; no channels: all of them.

    `downloads`: the hub fetches pages and media from the site's web address (`edition_download.py`), and asks by itself
    for keys, for which edition is a channel's head, and for the registers.
    """
    for channel in channels:
        if not CHANNEL.fullmatch(channel):
            raise Refused(
                "channel-unknown",
                "La chaîne {channel} n’est pas dans site.yaml.",
                "Prenez le nom tel qu’il est dans site.yaml.",
                channel=channel,
            )
    chosen = f"(?:{'|'.join(channels)})(?::|$)" if channels else ""
    downward = _polled if downloads else _replicated
    database = up_database(headquarters_prefix, name)
    return [
        *downward(hub_prefix, headquarters_prefix, chosen),
        Replication(
            f"{hub_prefix}-feedback",
            collection_database(hub_prefix, Collection.FEEDBACK),
            database,
            f"^({_SUBMISSION_PREFIXES})",
            ANSWERS,
            is_upward=True,
        ),
        Replication(
            f"{hub_prefix}-journal",
            collection_database(hub_prefix, Collection.JOURNAL),
            database,
            f"^(hub:{name}$|count:)",
            NEWS,
            is_upward=True,
        ),
    ]


def _replicated(hub_prefix: str, headquarters_prefix: str, chosen: str) -> list[Replication]:
    """The replications down to a hub that CouchDB runs. `chosen`: pattern of the channels, "" for all."""
    excluded = f"|(head|fresh|log):(?!{chosen})" if chosen else ""
    down = down_database(headquarters_prefix)
    return [
        Replication(
            f"{hub_prefix}-editions",
            collection_database(headquarters_prefix, Collection.EDITIONS),
            collection_database(hub_prefix, Collection.EDITIONS),
            f"^(?!_design/|request:{excluded})",
            PAGES,
        ),
        Replication(
            f"{hub_prefix}-content",
            down,
            collection_database(hub_prefix, Collection.CONTENT),
            f"^(?!_design/|device:|{_REPLY_PREFIXES})",
            TEXTS,
        ),
        Replication(
            f"{hub_prefix}-people", down, collection_database(hub_prefix, Collection.PEOPLE), "^device:", PHONES
        ),
        Replication(
            f"{hub_prefix}-beside",
            down,
            collection_database(hub_prefix, Collection.FEEDBACK),
            f"^({_REPLY_PREFIXES})",
            REPLIES,
        ),
    ]


def _polled(hub_prefix: str, headquarters_prefix: str, chosen: str) -> list[Replication]:
    """The replications down to a hub that its server runs, one for each of headquarters' databases."""
    return [
        Replication(
            f"{hub_prefix}-editions",
            collection_database(headquarters_prefix, Collection.EDITIONS),
            hub_prefix,
            f"^(?:key:|(?:head|fresh):{chosen})",
            PAGES,
            is_polled=True,
        ),
        Replication(
            f"{hub_prefix}-registers",
            down_database(headquarters_prefix),
            hub_prefix,
            f"^(?:site$|places:|media:|device:|{_REPLY_PREFIXES})",
            REGISTERS,
            is_polled=True,
        ),
    ]


def collection_of(id: str) -> Collection:
    """The collection at the hub of a record that was polled."""
    return _COLLECTIONS.get(id.partition(":")[0], Collection.CONTENT)


def _arrival_names(name: str) -> str:
    """A pattern of the nodes in whose name this hub may say that it received a submission."""
    return "hub" if name == HEADQUARTERS_NODE else f"hub|{name}"


READ_ONLY_VALIDATION = """function (document, before, account) {
  if (account.roles.indexOf('ROLE') >= 0) throw {forbidden: 'a hub only reads here'};
}"""

# Written for the JavaScript of every CouchDB 3. A document's fields beyond those checked are let through: a later hub
# may send more. What is not checked here (digests, signatures, answers) headquarters judges on reading.
SUBMISSIONS_ONLY_VALIDATION = """function (document, before, account) {
  if (account.roles.indexOf('ROLE') < 0) return;
  var id = document._id;
  function refuse() { throw {forbidden: 'a hub only sends'}; }
  function isText(value) { return typeof value === 'string'; }
  if (document._deleted) refuse();
  if (/^submission:([^:]*:)?[A-Za-z0-9_-]{43}$/.test(id)) {
    if (!isText(document.text)) refuse();
    if (document.signature !== undefined && !isText(document.signature)) refuse();
    if (before && !before._deleted && before.text !== document.text) refuse();
  } else if (/^received:[A-Za-z0-9_-]{43}:(NAMES)$/.test(id)) {
    if (!isText(document.day)) refuse();
  } else if (/^file:[A-Za-z0-9_-]{43}$/.test(id)) {
    if (typeof document.bytes !== 'number') refuse();
  } else if (/^piece:[A-Za-z0-9_-]{43}:[0-9]{3}$/.test(id)) {
    if (!isText(document.data)) refuse();
  } else if (/^withdrawal:[A-Za-z0-9_-]{43}$/.test(id)) {
    if (!isText(document.secret) || !isText(document.day)) refuse();
  } else if (id !== 'hub:HUB' && !/^count:/.test(id)) refuse();
}"""


def validation_document(script: str, prefix: str, name: str = "") -> dict[str, Any]:
    """A design document that rejects writes not allowed to a hub's account. `name`: the hub, if it is for one."""
    filled = script.replace("ROLE", hub_role(prefix)).replace("NAMES", _arrival_names(name)).replace("HUB", name)
    return {"language": "javascript", "validate_doc_update": filled}
