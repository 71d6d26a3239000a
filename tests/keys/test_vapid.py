"""VAPID: the tokens that push services ask for, the contact in them, and the file of the key."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import py_vapid
import pytest

from server.keys.vapid import VapidKey, VapidTokenError, open_vapid, resolve_contact
from sync.canonical import base64url_decode
from sync.editions.signing import Signer
from sync.errors import Refused


def test_one_token_a_service_renewed_in_time() -> None:
    vapid = VapidKey(Signer.generate(), "mailto:a@b.ml")
    first = vapid.authorization_header("https://a.example", 1_000_000)
    assert vapid.authorization_header("https://a.example", 1_000_000 + 10 * 3600) == first
    assert vapid.authorization_header("https://a.example", 1_000_000 + 11 * 3600 + 1) != first
    assert vapid.authorization_header("https://b.example", 1_000_000) != first
    assert py_vapid.Vapid02.verify(first)
    claims = json.loads(base64url_decode(first.split(".")[1]))
    assert claims == {"aud": "https://a.example", "exp": 1_000_000 + 12 * 3600, "sub": "mailto:a@b.ml"}


def test_a_token_is_signed_without_py_vapids_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(py_vapid, "time", None)
    token = VapidKey(Signer.generate(), "mailto:a@b.ml").authorization_header("https://a.example:8443", 0)
    assert json.loads(base64url_decode(token.split(".")[1]))["exp"] == 12 * 3600


@pytest.mark.parametrize("audience", ["", "a.example", "https://a.example/x", "https://a.example:", "https://[::1]"])
def test_no_token_for_what_is_no_origin(audience: str) -> None:
    with pytest.raises(VapidTokenError):
        VapidKey(Signer.generate(), "mailto:a@b.ml").authorization_header(audience, 1_000_000)


@pytest.mark.parametrize(
    ("setting", "url", "contact"),
    [
        ("mailto:alertes@exemple.ml", "", "mailto:alertes@exemple.ml"),
        ("https://exemple.ml", "https://autre.ml", "https://exemple.ml"),
        ("", "https://exemple.ml", "https://exemple.ml"),
        ("", "https://exemple.ml:8443/alertes/", "https://exemple.ml"),
    ],
)
def test_the_contact_is_the_setting_or_the_sites_https_address(setting: str, url: str, contact: str) -> None:
    assert resolve_contact(setting, url) == contact
    assert VapidKey(Signer.generate(), contact).authorization_header("https://a.example", 1_000_000)


@pytest.mark.parametrize(
    ("setting", "url", "code"),
    [
        ("", "", "push-contact-missing"),
        ("", "http://exemple.ml", "push-contact-missing"),
        ("", "https://[", "push-contact-missing"),
        ("alertes@exemple.ml", "https://exemple.ml", "push-contact-wrong"),
        ("tel:+22320202020", "", "push-contact-wrong"),
        ("mailto:personne", "", "push-contact-wrong"),
        ("http://exemple.ml", "", "push-contact-wrong"),
        ("https://exemple.ml/contact", "", "push-contact-wrong"),
        ("", "https://[::1]", "push-contact-wrong"),
    ],
)
def test_a_contact_that_py_vapid_would_refuse_is_named(setting: str, url: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        resolve_contact(setting, url)


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    assert open_vapid(tmp_path / "keys", "mailto:a@b.ml", create=False) is None
    first = open_vapid(tmp_path / "keys", "mailto:a@b.ml", create=True)
    second = open_vapid(tmp_path / "keys", "mailto:a@b.ml", create=True)
    assert first is not None
    assert second is not None
    assert first.public_key == second.public_key
    file = tmp_path / "keys" / "vapid.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    with pytest.raises(Refused, match="key-readable-by-others"):
        open_vapid(tmp_path / "keys", "mailto:a@b.ml", create=True)
