"""The text of a notice: how many things of which kind wait, and where. It names no text, place or person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from server.worklist.work_item import WorkItem
from sync.locale import N_, Language

KIND_WORDS = {  # by kind of work item
    "alert": N_("Alertes qui attendent une décision"),
    "alert-approved": N_("Alertes approuvées, pas encore envoyées"),
    "alert-draft": N_("Brouillons d’alerte"),
    "push-refused": N_("Alertes dont des messages sont refusés"),
    "grave-rumour": N_("Rumeurs graves que personne n’a lues"),
    "submissions": N_("Envois que personne n’a lus"),
    "sealed": N_("Réponses scellées que personne n’a ouvertes"),
    "review": N_("Textes à relire"),
    "returned": N_("Textes renvoyés à corriger"),
    "draft": N_("Vos brouillons"),
    "withdrawal": N_("Retraits demandés"),
    "text-aside": N_("Deux textes à régler"),
    "stale-translation": N_("Traductions dont l’original a changé"),
    "publication-stopped": N_("Publications programmées qui ne sont pas parties"),
    "consent": N_("Accords à redemander"),
    "overdue": N_("Textes à relire depuis trop longtemps"),
    "hub": N_("Relais sans nouvelles"),
    "disk": N_("Disques pleins"),
    "phones": N_("Téléphones du terrain sans nouvelles"),
    "quarantine": N_("Envois en quarantaine"),
    "backup": N_("Sauvegarde à regarder"),
}


@dataclass(frozen=True, slots=True)
class NoticeText:
    """`lines`: a kind of things each, with its number. `text`: the whole of a mail."""

    subject: str
    lines: str
    text: str


def write_notice(language: Language, items: Sequence[WorkItem], address: str, *, is_summary: bool) -> NoticeText:
    """`address`: of the list. `is_summary`: the daily one, of all that waits."""
    _ = language
    counts = Counter(item.kind for item in items)
    lines = [f"{_(KIND_WORDS[kind])} : {count}" for kind, count in counts.items()]
    opening = _("Ce qui vous attend aujourd’hui :") if is_summary else _("Cela vient d’arriver :")
    closing = _("À faire maintenant : {address}", address=address)
    reason = _("Vous recevez ce courriel parce que vous l’avez demandé dans « Mon compte ».")
    subject = language.plural(
        "Kunnafoni : {count} chose vous attend", "Kunnafoni : {count} choses vous attendent", len(items)
    )
    return NoticeText(subject, "\n".join(lines), "\n".join([opening, "", *lines, "", closing, "", reason, ""]))
