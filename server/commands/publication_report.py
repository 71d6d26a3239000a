"""Output of publishing: new signing keys, and a line for each channel with its changes and the download cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.keys.keyring import Keyring
from server.publishing.publisher import Publication
from sync.locale import Language

Say = Callable[..., None]


def say_keys(keyring: Keyring, say: Say) -> None:
    say("De nouvelles clés signent les éditions (époque {epoch}).", epoch=keyring.keys.epoch)
    if keyring.next_file:
        say(
            "Mettez {file} à l’abri hors de cette machine : lui seul permettra de remplacer la clé.",
            file=keyring.next_file,
        )


def say_publication(publication: Publication, say: Say, language: Language) -> None:
    """Print one line per channel: its changes, and the size of the download."""
    plan, cost = publication.plan, publication.cost
    size = language.size(cost.new_phone)
    values: dict[str, Any] = {
        "channel": plan.channel,
        "whole": size if cost.is_exact else language("environ {size}", size=size),
    }
    if publication.edition and plan.previous and plan.is_unchanged and publication.edition.id != plan.previous.id:
        say("{channel} : les mêmes pages, signées de nouveau", **values)
    elif plan.is_unchanged:
        say("{channel} : rien de nouveau (un nouveau téléphone : {whole})", **values)
    elif plan.previous is None:
        say(
            "{channel} : {pages} pages ; un nouveau téléphone télécharge {whole}",
            pages=len(plan.manifest.entries),
            **values,
        )
    else:
        say(
            "{channel} : {changed} pages changent, {gone} partent ; un téléphone à jour télécharge {update}, "
            "un nouveau {whole}",
            changed=len(plan.delta.changes),
            gone=len(plan.delta.gone),
            update=language.size(cost.update),
            **values,
        )
