"""Flash messages: the sentence that the page after a redirect shows once. Used by `ConsoleContext` alone.

The cookie names a message of `FlashMessage` and carries its values as plain text, under a MAC that the session's token
keys: no text of a client is ever translated, and a cookie that another site planted, or that is over, shows nothing.
Every process of the site reads what another wrote, because the browser brings the token along.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from enum import Enum

from sync.canonical import base64url_decode, base64url_encode, canonical
from sync.locale import N_

FLASH_SECONDS = 60
MAX_COOKIE_LENGTH = 1024  # characters
MAX_VALUE_LENGTH = 80  # characters of one value: a name, a size, a code

_CONTEXT = b"kunnafoni-flash/1\n"


class FlashMessage(Enum):
    """Every message, as a msgid. A cookie names one by the member's name."""

    ACCOUNT_CLOSED = N_("Le compte {name} est fermé.")
    ALERT_APPROVED = N_("Vous avez approuvé cette alerte.")
    ALERT_SCHEDULED = N_("L’alerte partira à l’heure dite.")
    ALERT_SENT = N_("L’alerte est partie.")
    ALERT_WAITS = N_("L’alerte attend une deuxième personne.")
    BRIEF_FROZEN = N_("La note est figée : ses nombres ne changent plus.")
    CODE_ENDED = N_("Le code ne vaut plus.")
    CONFLICT_RESOLVED = N_("C’est réglé.")
    DATE_SAVED = N_("La date est enregistrée.")
    DELETED = N_("C’est effacé.")
    DEVICE_REVOKED = N_("Le téléphone {name} n’envoie plus.")
    DOCUMENT_KEPT = N_("Le document reste.")
    DOCUMENT_RESTORED = N_("Le document est remis.")
    DOCUMENT_WITHDRAWN = N_("Le document est retiré : la prochaine publication l’enlève des téléphones.")
    DRAFT_DELETED = N_("Le brouillon est effacé.")
    DRAFT_SAVED = N_("Le brouillon est enregistré.")
    EDITION_PUBLISHED_AGAIN = N_("Les pages d’avant sont publiées de nouveau, sous un nouveau numéro.")
    FEED_ADDED = N_("Le flux est surveillé : ses messages arrivent dans quelques minutes.")
    FORM_SAVED = N_("Le formulaire est enregistré. Il part avec la prochaine publication.")
    FORM_WITHDRAWN = N_("Le formulaire est retiré : la prochaine publication ne le propose plus.")
    FLOOD_ERASED = N_("Effacés pour toujours : {count}. Changés entre-temps, et gardés : {kept}.")
    KEYS_SAVED = N_("Les clés sont enregistrées. Essayez maintenant chaque fichier.")
    KEY_TRIED = N_("L’essai s’ouvre avec cette clé. Essayez aussi l’autre fichier.")
    KEYS_TRIED = N_("Les deux clés ont été essayées : publiez, et les formulaires scellés partent.")
    MEDIA_SAVED = N_("C’est gardé : {size}.")
    NUMBER_RUNG = N_("L’appel est noté. Publiez pour que les lecteurs le voient.")
    MEDIA_WITHDRAWN = N_(
        "Le fichier est retiré. À la prochaine publication, les pages n’en montrent plus que les mots."
    )
    NOTE_ADDED = N_("La note est ajoutée.")
    PASSWORD_CHANGED = N_("Le mot de passe est changé. Toutes les autres sessions sont fermées.")
    PUBLICATION_REQUESTED = N_("C’est demandé à la machine qui a la clé.")
    PUBLICATION_SCHEDULED = N_("C’est programmé : la publication partira à l’heure dite, si rien ne change d’ici là.")
    PUBLICATION_UNSCHEDULED = N_("La publication programmée est annulée.")
    PUBLISHED = N_("C’est publié : les téléphones le prennent à leur prochaine visite.")
    RECOMMENDATION_NOTED = N_("C’est noté. Publiez pour que les lecteurs le voient.")
    RECORD_ERASED = N_("La fiche est effacée.")
    REMARK_ADDED = N_("La remarque est gardée.")
    REPLIES_WAIT = N_("La réponse attend : chaque téléphone qui a demandé la prendra.")
    REPLY_WAITS = N_("La réponse attend : le téléphone de la personne la prendra.")
    REVIEW_REQUESTED = N_("La relecture est demandée. Une autre personne approuve.")
    ROLE_CHANGED = N_("Le rôle est changé.")
    RUMOURS_JOINED = N_("Ces messages sont maintenant un seul cas.")
    RUMOUR_SPLIT = N_("Ces messages sont maintenant un cas à part.")
    SAVED = N_("C’est enregistré.")
    PASSKEY_REMOVED = N_("La clé d’accès est enlevée.")
    PASSKEY_SAVED = N_("La clé d’accès est enregistrée.")
    SECOND_FACTOR_OFF = N_("Le code n’est plus demandé.")
    SESSION_ENDED = N_("C’est fermé.")
    SESSIONS_ENDED = N_("Les sessions sont fermées.")
    SET_ASIDE = N_("Quelqu’un d’autre a enregistré avant vous. Rien n’est perdu.")
    SET_ASIDE_DELETED = N_("Le texte mis de côté est effacé.")
    SUBMISSION_ERASED = N_("L’envoi {code} est effacé pour toujours.")
    TEMPLATE_SAVED = N_("Le modèle est gardé.")
    TEXT_APPROVED = N_("Le texte est approuvé : la prochaine publication le prend.")
    TEXT_RETURNED = N_("Le texte est renvoyé à corriger.")
    UNDONE = N_("C’est annulé : le texte est comme avant.")
    WITHDRAWAL_WAITS = N_("Le retrait attend une deuxième personne.")
    WELCOME = N_("Bienvenue, {name}.")

    @property
    def sentence(self) -> str:
        return str(self.value)


def encode_flash(token: str, message: FlashMessage, values: Mapping[str, object], now: float) -> str:
    """The cookie's value for the session of this token; long values are cut. `now` in seconds since 1970."""
    texts = {name: str(value)[:MAX_VALUE_LENGTH] for name, value in values.items()}
    payload = canonical([message.name, texts, int(now) + FLASH_SECONDS])
    return f"{base64url_encode(payload)}.{base64url_encode(_mac(token, payload))}"


def decode_flash(token: str, cookie: str, now: float) -> tuple[FlashMessage, dict[str, str]] | None:
    """The message and its values; None for a cookie that is over, unknown, too long or not this session's."""
    if not token or len(cookie) > MAX_COOKIE_LENGTH:
        return None
    encoded, _, mac = cookie.partition(".")
    try:
        payload = base64url_decode(encoded)
        if not hmac.compare_digest(base64url_decode(mac), _mac(token, payload)):
            return None
        name, texts, until = json.loads(payload)
        return (FlashMessage[name], texts) if now < until else None
    except (ValueError, KeyError):
        return None


def _mac(token: str, payload: bytes) -> bytes:
    return hmac.digest(token.encode(), _CONTEXT + payload, hashlib.sha256)
