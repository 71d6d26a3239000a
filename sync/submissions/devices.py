"""Facilitators' phones: the code of an invitation enrols a device with a public key (PROTOCOL.md, section 12).

Records in the collection `people`: `enrolment:{digest of the code}` and `device:{key digest}`. Codes are stored as
digests only.

Wrong codes are not limited: their space is the protection. Of 2^50 codes a hundred are open, each for a week. Whoever
makes a server check a thousand a second all that time, each with a signature of its own, finds one with a probability
of 1 in 18,000; to try all takes 36,000 years. A limit would protect nothing more, and let any stranger shut enrolment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.canonical import base64url_decode, canonical, digest
from sync.editions.signing import key_digest, verify_signature
from sync.errors import BadRequest, Gone, NotFound
from sync.store.checked_writes import ensure_all_present, ensure_saved
from sync.store.contract import Collection, Stale, Store, Write
from sync.submissions.submission import normalize_code

CODE_LENGTH = 10  # characters of five bits
CODE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled device. `until`: last day of validity; `revoked`: day of revocation or "". Days are `YYYY-MM-DD`."""

    id: str
    key: str
    name: str
    place: str
    until: str
    made: str
    revoked: str = ""

    def refusal_code(self, day: str) -> str:
        """Error code for a submission finished on `day`; "" if it is acceptable."""
        if self.revoked and day > self.revoked:
            return "device-revoked"
        return "device-expired" if day > self.until else ""

    def as_json(self) -> dict[str, str]:
        return {"device": self.id, "name": self.name, "place": self.place, "until": self.until}

    def state_as_json(self) -> dict[str, str]:
        """The state of the enrolment, for the phone itself."""
        return {"device": self.id, "until": self.until, **({"revoked": self.revoked} if self.revoked else {})}


def device_from_record(id: str, body: Mapping[str, Any]) -> Device:
    return Device(
        id.removeprefix("device:"),
        body["key"],
        body["name"],
        body["place"],
        body["until"],
        body["made"],
        body.get("revoked", ""),
    )


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation. `expires`: last day of its code; `until`: last day of the device enrolled with it."""

    name: str
    place: str
    until: str
    expires: str
    by: str


async def invite(store: Store, code: str, invitation: Invitation) -> str:
    """Store an invitation under its code and return its record id. Raises Unavailable."""
    id = invitation_id(code)
    body = {
        "name": invitation.name,
        "place": invitation.place,
        "until": invitation.until,
        "expires": invitation.expires,
        "by": invitation.by,
    }
    [outcome] = await store.write(Collection.PEOPLE, [Write(id, body)])
    ensure_saved(outcome)
    return id


def invitation_id(code: str) -> str:
    return f"enrolment:{digest(f'kunnafoni-device {code}')}"


def enrolment_bytes(site: str, code: str, key: str) -> bytes:
    """The bytes that a phone signs to prove possession of its key."""
    return canonical(["kunnafoni-device/1", site, code, key])


async def enrol(store: Store, site: str, typed_code: str, key: str, signature: str, today: str) -> Device:
    """Enrol a device with a code; repeating it with the same key returns the same device.

    Raises BadRequest, NotFound, Gone, Unavailable.
    """
    code = normalize_code(typed_code, CODE_LENGTH)
    if not code or not _is_public_key(key) or not verify_signature(key, enrolment_bytes(site, code, key), signature):
        raise BadRequest("device-malformed", "Cette demande n’a pas la bonne forme.", "Mettez l’application à jour.")
    record = await store.get(Collection.PEOPLE, invitation_id(code))
    if record is None:
        raise NotFound("code-unknown", "Ce code n’existe pas.", "Vérifiez chaque signe sur la fiche.")
    invitation, id = record.body, key_digest(key)
    enrolled = invitation.get("device")
    if enrolled not in (None, id):
        raise Gone("code-used", "Ce code a déjà servi.", "Demandez un autre code.")
    if enrolled is None and today > invitation["expires"]:
        raise Gone("code-expired", "Ce code n’est plus valable.", "Demandez un autre code.")
    if enrolled is None:
        await _mark_used(store, record.id, record.rev, {**invitation, "device": id})
    body = {
        "key": key,
        "name": invitation["name"],
        "place": invitation["place"],
        "until": invitation["until"],
        "made": today,
    }
    return await _save_device(store, f"device:{id}", body)


async def _mark_used(store: Store, id: str, rev: str, body: Mapping[str, Any]) -> None:
    [outcome] = await store.write(Collection.PEOPLE, [Write(id, body, rev)])
    if isinstance(outcome, Stale) and (outcome.current is None or outcome.current.body.get("device") != body["device"]):
        raise Gone("code-used", "Ce code a déjà servi.", "Demandez un autre code.")
    ensure_all_present([outcome])


async def _save_device(store: Store, id: str, body: Mapping[str, Any]) -> Device:
    [outcome] = await store.write(Collection.PEOPLE, [Write(id, body)])
    ensure_all_present([outcome])
    if isinstance(outcome, Stale) and outcome.current:
        return device_from_record(id, outcome.current.body)
    return device_from_record(id, body)


async def get_device(store: Store, id: str) -> Device:
    """Raises NotFound."""
    record = await store.get(Collection.PEOPLE, f"device:{id}")
    if record is None:
        raise NotFound("device-unknown", "Ce téléphone n’est pas connu ici.")
    return device_from_record(record.id, record.body)


async def revoke(store: Store, id: str, today: str) -> Device:
    """Revoke a device: submissions finished after today are refused. Raises NotFound, Conflict, Unavailable."""
    record = await store.get(Collection.PEOPLE, f"device:{id}")
    if record is None:
        raise NotFound("device-unknown", "Ce téléphone n’est pas connu ici.")
    body = {**record.body, "revoked": record.body.get("revoked") or today}
    [outcome] = await store.write(Collection.PEOPLE, [Write(record.id, body, record.rev)])
    ensure_saved(outcome)
    return device_from_record(record.id, body)


def _is_public_key(key: str) -> bool:
    try:
        return len(base64url_decode(key)) == 65
    except ValueError:
        return False
