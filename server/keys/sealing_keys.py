"""Public sealing keys in the key folder: the pair that phones encrypt submissions to, and the test of each pair.

A pair becomes live only after a test submission was opened with both the sealing key and the recovery key: with a wrong
key, answers would be lost. The key folder never contains private keys: the command line writes them to given paths, and
the console's page generates them in the browser.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from server.keys.private_file import write_private
from sync.canonical import base64url_decode, base64url_encode, canonical, digest
from sync.editions.publishing import SigningKeys
from sync.editions.signing import key_digest
from sync.errors import Refused
from sync.submissions.sealing import SealingKey, open_answers, seal_answers
from sync.submissions.submission import Submission, parse_submission

POINT_BYTES = 65  # length of an uncompressed P-256 point
_FILE = re.compile(r"sealing-([0-9]+)\.json")
_TEST_FORM = "essai-de-la-cle"
_TEST_DAY = "2000-01-01"  # earlier than any real submission


@dataclass(frozen=True, slots=True)
class SealingKeyPair:
    """The public sealing key and recovery key of one generation.

    `test`: the text of a submission sealed to both; `word`: digest of the secret word in it; `opened`: ids of the keys
    that have opened it.
    """

    number: int
    sealing: str = ""
    recovery: str = ""
    test: str = ""
    word: str = ""
    opened: tuple[str, ...] = ()

    @property
    def is_live(self) -> bool:
        return len(self.opened) == 2

    def to_json(self) -> dict[str, Any]:
        return {
            "sealing": self.sealing,
            "recovery": self.recovery,
            "test": self.test,
            "word": self.word,
            "opened": list(self.opened),
        }


NO_PAIR = SealingKeyPair(0)


def list_pairs(folder: Path) -> list[SealingKeyPair]:
    """All pairs, oldest first. Raises Refused for an unreadable file."""
    pairs = []
    for path in folder.glob("sealing-*.json") if folder.is_dir() else []:
        if match := _FILE.fullmatch(path.name):
            try:
                value = json.loads(path.read_text("utf-8"))
                pairs.append(
                    SealingKeyPair(
                        int(match[1]),
                        value["sealing"],
                        value["recovery"],
                        value["test"],
                        value["word"],
                        tuple(value["opened"]),
                    )
                )
            except (OSError, ValueError, KeyError) as error:
                raise Refused(
                    "key-unreadable", "Les clés du dossier {path} ne peuvent pas être lues.", path=folder
                ) from error
    return sorted(pairs, key=lambda pair: pair.number)


def get_live_pair(folder: Path) -> SealingKeyPair:
    """The newest pair that passed its test, or NO_PAIR: the site accepts no sealed answers yet."""
    return next((pair for pair in reversed(list_pairs(folder)) if pair.is_live), NO_PAIR)


def with_sealing_key(folder: Path, keys: SigningKeys) -> SigningKeys:
    return replace(keys, sealing_key=get_live_pair(folder).sealing)


def generate_pair(folder: Path, site: str, key_file: Path, recovery_file: Path) -> SealingKeyPair:
    """Generate a pair and write the two private keys. Raises Refused if a file exists or is inside the key folder."""
    for file in (key_file, recovery_file):
        if file.resolve().is_relative_to(folder.resolve()):
            raise Refused(
                "key-at-home",
                "Cette clé ne doit pas rester sur le serveur.",
                "Donnez un chemin sur une clé USB : {path}.",
                path=file,
            )
    if key_file.resolve() == recovery_file.resolve():
        raise Refused("key-same-file", "La clé et sa copie de secours vont dans deux fichiers, à deux endroits.")
    key, recovery = SealingKey.generate(), SealingKey.generate()
    for file, private_key in ((key_file, key), (recovery_file, recovery)):
        _write(file, private_key.pem())
    return _create_pair(folder, site, key.public_key, recovery.public_key)


def replace_sealing_key(folder: Path, site: str, recovery_pem: bytes, key_file: Path) -> SealingKeyPair:
    """Generate a new sealing key for the current recovery key. Raises Refused if `recovery_pem` is another key."""
    current = get_live_pair(folder)
    recovery = SealingKey.from_pem(recovery_pem)
    if recovery.public_key != current.recovery:
        raise Refused("key-not-recovery", "Ce fichier n’est pas la clé de secours de ce site.")
    key = SealingKey.generate()
    _write(key_file, key.pem())
    pair = _create_pair(folder, site, key.public_key, recovery.public_key)
    return confirm_with_key(folder, pair, recovery)


def register_pair(folder: Path, site: str, sealing: str, recovery: str = "") -> SealingKeyPair:
    """Register public keys generated in the browser; without `recovery` the current recovery key stays.

    Raises Refused for invalid, equal or already registered keys.
    """
    recovery = recovery or get_live_pair(folder).recovery
    if sealing == recovery or not (_is_public_key(sealing) and _is_public_key(recovery)):
        raise Refused("key-wrong-kind", "Cette clé n’est pas une clé P-256.")
    if any(sealing in (pair.sealing, pair.recovery) for pair in list_pairs(folder)):
        raise Refused("key-known", "Cette clé est déjà enregistrée.")
    return _create_pair(folder, site, sealing, recovery)


def confirm_with_key(folder: Path, pair: SealingKeyPair, key: SealingKey) -> SealingKeyPair:
    """Open the test with a private key and record the success. Raises Refused or NotProven if it fails."""
    plaintext = open_answers(key, parse_submission(pair.test))
    return confirm_with_word(folder, pair, key.id, str(plaintext.answers["mot"]))


def confirm_with_word(folder: Path, pair: SealingKeyPair, key_id: str, word: str) -> SealingKeyPair:
    """Record that a key opened the test, proved by the word inside. Raises Refused for a wrong word or key."""
    if key_id not in map(key_digest, (pair.sealing, pair.recovery)) or digest(word) != pair.word:
        raise Refused("key-other", "Cet envoi n’est pas scellé pour cette clé.")
    confirmed = replace(pair, opened=tuple(sorted({*pair.opened, key_id})))
    _save(folder, confirmed)
    return confirmed


def get_untested_pair(folder: Path) -> SealingKeyPair:
    """The newest pair if it has not passed its test yet, otherwise NO_PAIR."""
    pairs = list_pairs(folder)
    return pairs[-1] if pairs and not pairs[-1].is_live else NO_PAIR


def _create_pair(folder: Path, site: str, sealing: str, recovery: str) -> SealingKeyPair:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    number = max((pair.number for pair in list_pairs(folder)), default=0) + 1
    word = secrets.token_urlsafe(9)
    test = _make_test(site, [sealing, recovery], word)
    pair = SealingKeyPair(number, sealing, recovery, test.text, digest(word))
    _save(folder, pair)
    return pair


def _is_public_key(text: str) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64url_decode(text))
    except ValueError:
        return False
    return len(base64url_decode(text)) == POINT_BYTES


def _make_test(site: str, public_keys: list[str], word: str) -> Submission:
    version = digest(_TEST_FORM)
    body = {
        "v": 1,
        "nonce": base64url_encode(secrets.token_bytes(16)),
        "site": site,
        "form": _TEST_FORM,
        "version": version,
        "day": _TEST_DAY,
        "lang": "fr",
        "place": "",
        "answer": digest(secrets.token_urlsafe(32)),
    }
    sealed = seal_answers(public_keys, body, {"mot": word})
    return parse_submission(canonical(body | {"sealed": sealed}).decode())


def _save(folder: Path, pair: SealingKeyPair) -> None:
    data = json.dumps(pair.to_json(), indent=1).encode()
    _write(folder / f"sealing-{pair.number}.json", data, replace=True)


def _write(path: Path, data: bytes, *, replace: bool = False) -> None:
    """Raises Refused if the file cannot be written, or exists and `replace` is False."""
    try:
        write_private(path, data, replace=replace)
    except OSError as error:
        raise Refused(
            "key-unwritable", "Ce fichier ne peut pas être écrit, ou existe déjà : {path}.", path=path
        ) from error
