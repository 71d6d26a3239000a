"""The public halves of the sealing keys, in the key folder: which one phones seal to now, and whether it was tried out.

A pair goes live only after a test submission was opened with the key and with the recovery copy: a key that opens nothing would lose
people's words. Private halves are written where the person says, never here: a file of the command line, or a file that the console's page
makes in the browser.
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

POINT_BYTES = 65  # bytes of an uncompressed point
_FILE = re.compile(r"sealing-(\d+)\.json")
_TEST_FORM = "essai-de-la-cle"
_TEST_DAY = "2000-01-01"  # no real submission has it


@dataclass(frozen=True, slots=True)
class SealingKeyPair:
    """One pair of public keys. `test`: a submission sealed to both; `opened`: the ids of keys that opened it."""

    number: int
    sealing: str = ""
    recovery: str = ""
    test: str = ""
    word: str = ""
    opened: tuple[str, ...] = ()

    @property
    def is_live(self) -> bool:
        return len(self.opened) == 2

    def as_json(self) -> dict[str, Any]:
        return {
            "sealing": self.sealing,
            "recovery": self.recovery,
            "test": self.test,
            "word": self.word,
            "opened": list(self.opened),
        }


NO_PAIR = SealingKeyPair(0)


def list_pairs(folder: Path) -> list[SealingKeyPair]:
    """Every pair that was made, oldest first. Raises Refused for a file that cannot be read."""
    found = []
    for path in folder.glob("sealing-*.json") if folder.is_dir() else []:
        if match := _FILE.fullmatch(path.name):
            try:
                value = json.loads(path.read_text("utf-8"))
                found.append(
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
    return sorted(found, key=lambda one: one.number)


def get_live_pair(folder: Path) -> SealingKeyPair:
    """The newest pair that was tried out; NONE: the site takes no sealed answers."""
    return next((one for one in reversed(list_pairs(folder)) if one.is_live), NO_PAIR)


def with_sealing_key(folder: Path, keys: SigningKeys) -> SigningKeys:
    return replace(keys, sealing_key=get_live_pair(folder).sealing)


def generate_pair(folder: Path, site: str, key_file: Path, recovery_file: Path) -> SealingKeyPair:
    """New keys, their private halves in the two files. Raises Refused when a file is there already or lies in the key folder."""
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
    for file, made in ((key_file, key), (recovery_file, recovery)):
        _write(file, made.pem())
    return _create_pair(folder, site, key.public_key, recovery.public_key)


def replace_sealing_key(folder: Path, site: str, recovery_pem: bytes, key_file: Path) -> SealingKeyPair:
    """A new sealing key beside the recovery key that is kept. Raises Refused when the file is not that recovery key."""
    current = get_live_pair(folder)
    recovery = SealingKey.from_pem(recovery_pem)
    if recovery.public_key != current.recovery:
        raise Refused("key-not-recovery", "Ce fichier n’est pas la clé de secours de ce site.")
    key = SealingKey.generate()
    _write(key_file, key.pem())
    made = _create_pair(folder, site, key.public_key, recovery.public_key)
    return confirm_with_key(folder, made, recovery)


def register_pair(folder: Path, site: str, sealing: str, recovery: str = "") -> SealingKeyPair:
    """Keys whose private halves were made elsewhere; without `recovery` the one in use stays. Raises Refused for what are no two keys."""
    recovery = recovery or get_live_pair(folder).recovery
    if sealing == recovery or not (_is_public_key(sealing) and _is_public_key(recovery)):
        raise Refused("key-wrong-kind", "Cette clé n’est pas une clé P-256.")
    if any(sealing in (one.sealing, one.recovery) for one in list_pairs(folder)):
        raise Refused("key-known", "Cette clé est déjà enregistrée.")
    return _create_pair(folder, site, sealing, recovery)


def confirm_with_key(folder: Path, pair: SealingKeyPair, key: SealingKey) -> SealingKeyPair:
    """Open the test with a private key and keep that it worked. Raises Refused, NotProven when it does not."""
    opened = open_answers(key, parse_submission(pair.test))
    return confirm_with_word(folder, pair, key.id, str(opened.answers["mot"]))


def confirm_with_word(folder: Path, pair: SealingKeyPair, key_id: str, word: str) -> SealingKeyPair:
    """Keep that a key opened the test, wherever it is: the word is inside. Raises Refused for another word or key."""
    if key_id not in map(key_digest, (pair.sealing, pair.recovery)) or digest(word) != pair.word:
        raise Refused("key-other", "Cet envoi n’est pas scellé pour cette clé.")
    noted = replace(pair, opened=tuple(sorted({*pair.opened, key_id})))
    _save(folder, noted)
    return noted


def get_untested_pair(folder: Path) -> SealingKeyPair:
    """The newest pair, when it has not been tried out; else NONE."""
    made = list_pairs(folder)
    return made[-1] if made and not made[-1].is_live else NO_PAIR


def _create_pair(folder: Path, site: str, sealing: str, recovery: str) -> SealingKeyPair:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    number = max((one.number for one in list_pairs(folder)), default=0) + 1
    word = secrets.token_urlsafe(9)
    test = _make_test(site, [sealing, recovery], word)
    made = SealingKeyPair(number, sealing, recovery, test.text, digest(word))
    _save(folder, made)
    return made


def _is_public_key(text: str) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64url_decode(text))
    except ValueError:
        return False
    return len(base64url_decode(text)) == POINT_BYTES


def _make_test(site: str, publics: list[str], word: str) -> Submission:
    version = digest(_TEST_FORM)
    value = {
        "v": 1,
        "nonce": base64url_encode(secrets.token_bytes(16)),
        "site": site,
        "form": _TEST_FORM,
        "version": version,
        "day": _TEST_DAY,
        "lang": "fr",
        "place": "",
        "answer": digest(secrets.token_urlsafe(32)),
        "sealed": seal_answers(publics, site, _TEST_FORM, version, {"mot": word}),
    }
    return parse_submission(canonical(value).decode())


def _save(folder: Path, sealing: SealingKeyPair) -> None:
    data = json.dumps(sealing.as_json(), indent=1).encode()
    _write(folder / f"sealing-{sealing.number}.json", data, replace=True)


def _write(path: Path, data: bytes, *, replace: bool = False) -> None:
    """Raises Refused where the file cannot be written, or must not be replaced."""
    try:
        write_private(path, data, replace=replace)
    except OSError as error:
        raise Refused(
            "key-unwritable", "Ce fichier ne peut pas être écrit, ou existe déjà : {path}.", path=path
        ) from error
