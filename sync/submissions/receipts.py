"""Receipts: headquarters' signed confirmation that it has stored a submission (PROTOCOL.md, section 11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sync.canonical import canonical
from sync.editions.publishing import SigningKeys
from sync.editions.signing import verify_signature


@dataclass(frozen=True, slots=True)
class Receipt:
    date: str
    epoch: int
    signature: str

    def as_json(self) -> list[Any]:
        return [self.date, self.epoch, self.signature]


def receipt_bytes(site: str, id: str, date: str) -> bytes:
    return canonical(["kunnafoni-receipt/1", site, id, date])


def sign_receipt(keys: SigningKeys, site: str, id: str, date: str) -> Receipt:
    return Receipt(date, keys.epoch, keys.signer.sign(receipt_bytes(site, id, date)))


def is_receipt_valid(public_key: str, site: str, id: str, receipt: Receipt) -> bool:
    """True if the receipt is signed by `public_key`, the key of its epoch."""
    return verify_signature(public_key, receipt_bytes(site, id, receipt.date), receipt.signature)
