"""Receipts: headquarters' signed confirmation that it has stored a submission (PROTOCOL.md, section 11).

Twin: pwa/src/protocol/receipts.ts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sync.canonical import canonical
from sync.editions.edition_statement import DATE
from sync.editions.publishing import SigningKeys
from sync.editions.signing import verify_signature
from sync.json_text import parse_json

_ID = re.compile(r"[A-Za-z0-9_-]{43}")
_SIGNATURE = re.compile(r"[A-Za-z0-9_-]{86}")


@dataclass(frozen=True, slots=True)
class Receipt:
    date: str
    epoch: int
    signature: str

    def as_json(self) -> list[Any]:
        return [self.date, self.epoch, self.signature]

    def as_record(self) -> dict[str, str | int]:
        """The body of a record `receipt:{id}`."""
        return {"date": self.date, "epoch": self.epoch, "signature": self.signature}


def receipt_bytes(site: str, id: str, date: str) -> bytes:
    return canonical(["kunnafoni-receipt/1", site, id, date])


def sign_receipt(keys: SigningKeys, site: str, id: str, date: str) -> Receipt:
    return Receipt(date, keys.epoch, keys.signer.sign(receipt_bytes(site, id, date)))


def is_receipt_valid(public_key: str, site: str, id: str, receipt: Receipt) -> bool:
    """True if the receipt is signed by `public_key`, the key of its epoch."""
    return verify_signature(public_key, receipt_bytes(site, id, receipt.date), receipt.signature)


def parse_receipt_line(line: str | bytes) -> tuple[str, Receipt]:
    """Id and receipt of a line `{"id", "receipt"}`, its signature not verified. Raises ValueError for any other."""
    try:
        value = parse_json(line)
        id, receipt = value["id"], receipt_from_json(value["receipt"])
        is_valid = receipt is not None and bool(_ID.fullmatch(id))
    except (KeyError, TypeError) as error:
        raise ValueError("no receipt") from error
    if receipt is None or not is_valid:
        raise ValueError("no receipt")
    return id, receipt


def receipt_from_json(value: Any) -> Receipt | None:
    """The receipt of `[date, epoch, signature]`, its signature not verified; None for anything else."""
    if not isinstance(value, list) or len(value) != 3:
        return None
    date, epoch, signature = value
    if type(epoch) is not int or epoch < 1 or not isinstance(date, str) or not isinstance(signature, str):
        return None
    return Receipt(date, epoch, signature) if DATE.fullmatch(date) and _SIGNATURE.fullmatch(signature) else None
