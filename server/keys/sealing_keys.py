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

POINT = 65  # bytes of an uncompressed point
_FILE = re.compile(r"sealing-(\d+)\.json")
_TEST_FORM = "essai-de-la-cle"
_TEST_DAY = "2000-01-01"  # no real submission has it


@dataclass(frozen=True, slots=True)
class Sealing:
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


NONE = Sealing(0)


def all_sealing(folder: Path) -> list[Sealing]:
    """Every pair that was made, oldest first. Raises Refused for a file that cannot be read."""
    found = []
    for path in folder.glob("sealing-*.json") if folder.is_dir() else []:
        if match := _FILE.fullmatch(path.name):
            try:
                value = json.loads(path.read_text("utf-8"))
                found.append(
                    Sealing(
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


def live_sealing(folder: Path) -> Sealing:
    """The newest pair that was tried out; NONE: the site takes no sealed answers."""
    return next((one for one in reversed(all_sealing(folder)) if one.is_live), NONE)


def with_sealing(folder: Path, keys: SigningKeys) -> SigningKeys:
    return replace(keys, sealing_key=live_sealing(folder).sealing)


def make_sealing(folder: Path, site: str, key_file: Path, recovery_file: Path) -> Sealing:
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
    return _begin(folder, site, key.public, recovery.public)


def replace_sealing(folder: Path, site: str, recovery_pem: bytes, key_file: Path) -> Sealing:
    """A new sealing key beside the recovery key that is kept. Raises Refused when the file is not that recovery key."""
    current = live_sealing(folder)
    recovery = SealingKey.from_pem(recovery_pem)
    if recovery.public != current.recovery:
        raise Refused("key-not-recovery", "Ce fichier n’est pas la clé de secours de ce site.")
    key = SealingKey.generate()
    _write(key_file, key.pem())
    made = _begin(folder, site, key.public, recovery.public)
    return note_opened(folder, made, recovery)


def register_sealing(folder: Path, site: str, sealing: str, recovery: str = "") -> Sealing:
    """Keys whose private halves were made elsewhere; without `recovery` the one in use stays. Raises Refused for what are no two keys."""
    recovery = recovery or live_sealing(folder).recovery
    if sealing == recovery or not (_is_public(sealing) and _is_public(recovery)):
        raise Refused("key-wrong-kind", "Cette clé n’est pas une clé P-256.")
    if any(sealing in (one.sealing, one.recovery) for one in all_sealing(folder)):
        raise Refused("key-known", "Cette clé est déjà enregistrée.")
    return _begin(folder, site, sealing, recovery)


def note_opened(folder: Path, sealing: Sealing, key: SealingKey) -> Sealing:
    """Open the test with a private key and keep that it worked. Raises Refused, NotProven when it does not."""
    opened = open_answers(key, parse_submission(sealing.test))
    return note_word(folder, sealing, key.id, str(opened.answers["mot"]))


def note_word(folder: Path, sealing: Sealing, key_id: str, word: str) -> Sealing:
    """Keep that a key opened the test, wherever it is: the word is inside. Raises Refused for another word or key."""
    if key_id not in map(key_digest, (sealing.sealing, sealing.recovery)) or digest(word) != sealing.word:
        raise Refused("key-other", "Cet envoi n’est pas scellé pour cette clé.")
    noted = replace(sealing, opened=tuple(sorted({*sealing.opened, key_id})))
    _keep(folder, noted)
    return noted


def waiting_sealing(folder: Path) -> Sealing:
    """The newest pair, when it has not been tried out; else NONE."""
    made = all_sealing(folder)
    return made[-1] if made and not made[-1].is_live else NONE


def _begin(folder: Path, site: str, sealing: str, recovery: str) -> Sealing:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    number = max((one.number for one in all_sealing(folder)), default=0) + 1
    word = secrets.token_urlsafe(9)
    test = _test(site, [sealing, recovery], word)
    made = Sealing(number, sealing, recovery, test.text, digest(word))
    _keep(folder, made)
    return made


def _is_public(text: str) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64url_decode(text))
    except ValueError:
        return False
    return len(base64url_decode(text)) == POINT


def _test(site: str, publics: list[str], word: str) -> Submission:
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


def _keep(folder: Path, sealing: Sealing) -> None:
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
