"""Reasons for which a push service, or this site, would not deliver a message, in words with what to do.

The codes are those of `Delivery.reason`; a shard counts them as `refused:CODE` beside the sum of refusals.
"""

from __future__ import annotations

from collections.abc import Mapping

from sync.locale import N_

PREFIX = "refused:"
MAX_CODE_LENGTH = 20
OTHER = N_("Le service de messages a refusé, sans raison que l’on connaisse.")
_BUSY = N_("Le service de messages était en panne ou débordé, après plusieurs essais.")
WORDS = {
    **dict.fromkeys(("429", "500", "502", "503", "504"), _BUSY),
    "400": N_("Le service de messages ne comprend pas la demande : mettez le programme à jour."),
    "401": N_("Le service de messages ne reconnaît pas la clé ou le contact de ce site : voyez kunnafoni doctor."),
    "403": N_(
        "Le service de messages refuse la clé ou le contact de ce site. Apple le fait sans contact qu’il accepte : "
        "mettez KUNNAFONI_PUSH_CONTACT."
    ),
    "413": N_("Le message est trop long pour ce service : raccourcissez le texte."),
    "service": N_("L’abonnement est d’un service de messages que ce site n’admet pas : voyez KUNNAFONI_PUSH_SERVICES."),
    "over": N_("L’alerte était finie avant l’envoi."),
    "size": N_("Le message est trop long : raccourcissez le texte."),
    "key": N_("La clé du téléphone ou celle du site ne sert pas à chiffrer."),
    "push-private": N_("L’adresse du service de messages est sur un réseau privé."),
    "host": N_("L’adresse du service de messages n’existe pas."),
    "timeout": N_("Le service de messages n’a pas répondu, après plusieurs essais."),
    "queued": N_("Le service de messages était trop lent, après plusieurs essais."),
}


def count_name(reason: str) -> str:
    """The name under which a shard counts a refusal for this reason."""
    return PREFIX + reason[:MAX_CODE_LENGTH]


def refusals_by_reason(counts: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Refusals by code, the most frequent first. `counts`: by language, as of a broadcast."""
    sums: dict[str, int] = {}
    for by_status in counts.values():
        for name, count in by_status.items():
            if name.startswith(PREFIX):
                code = name.removeprefix(PREFIX)
                sums[code] = sums.get(code, 0) + count
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))
