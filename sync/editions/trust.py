"""A receiver's trust in a site's keys, and the editions it accepts (PROTOCOL.md, section 3).

Twin: pwa/src/protocol/trust.ts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sync.editions.edition_statement import Statement, parse_statement
from sync.editions.signing import key_digest, verify_signature
from sync.errors import NotProven

RotationLink: TypeAlias = tuple[str, str, str]  # public key, statement, signature: one edition of that key's epoch


@dataclass(frozen=True, slots=True)
class Trust:
    """The key that a receiver trusts for a site, and the digest of the next one."""

    site: str
    epoch: int
    key: str
    next_key_digest: str


def first_trust(key: str, statement_text: str, signature: str) -> tuple[Trust, Statement]:
    """Trust on first use. Raises NotProven unless the statement is signed by the key that accompanies it."""
    statement = _verified_statement(key, statement_text, signature)
    return Trust(statement.site, statement.epoch, key, statement.next_key_digest), statement


def follow_chain(trust: Trust, chain: Sequence[RotationLink]) -> Trust:
    """The trust after the key rotations of a chain; links of earlier epochs are skipped.

    Raises NotProven at the first invalid link.
    """
    for key, text, signature in chain:
        statement = _verified_statement(key, text, signature)
        if statement.epoch <= trust.epoch:
            continue
        if (
            statement.epoch != trust.epoch + 1
            or statement.site != trust.site
            or key_digest(key) != trust.next_key_digest
        ):
            raise NotProven("rotation-not-committed", "La nouvelle clé de ce site n’avait pas été annoncée.")
        trust = Trust(trust.site, statement.epoch, key, statement.next_key_digest)
    return trust


def accept_statement(trust: Trust, channel: str, text: str, signature: str, current: Statement | None) -> Statement:
    """Return the statement if this receiver may accept its edition. Raises NotProven with the reason otherwise."""
    statement = parse_statement(text)
    if statement.site != trust.site:
        raise NotProven("other-site", "Cette édition vient d’un autre site.")
    if statement.channel != channel:
        raise NotProven("other-channel", "Cette édition est celle d’une autre langue ou d’un autre pays.")
    if statement.epoch != trust.epoch:
        raise NotProven("other-epoch", "Cette édition est signée par une clé que ce téléphone ne connaît pas.")
    if not verify_signature(trust.key, text.encode(), signature):
        raise NotProven("signature-false", "La signature de cette édition est fausse.")
    if statement.next_key_digest != trust.next_key_digest:
        raise NotProven("next-key-changed", "La clé suivante annoncée n’est plus la même.")
    if current and (
        statement.order < current.order or (statement.order == current.order and statement.id != current.id)
    ):
        raise NotProven("edition-older", "Cette édition est plus ancienne que celle du téléphone.")
    return statement


def _verified_statement(key: str, text: str, signature: str) -> Statement:
    statement = parse_statement(text)
    if not verify_signature(key, text.encode(), signature):
        raise NotProven("signature-false", "La signature de cette édition est fausse.")
    return statement
