"""The console's words for what the program names by code: roles, deeds, states. Msgids; translated where shown."""
from __future__ import annotations


def N_(sentence: str) -> str:  # noqa: N802  (gettext's name: marks a msgid for extraction)
    return sentence


ROLES = {
    "administrator": N_("Administration"),
    "coordinator": N_("Coordination"),
    "editor": N_("Rédaction"),
    "facilitator": N_("Animation"),
    "analyst": N_("Analyse"),
}
ROLE_DUTIES = {
    "administrator": N_("Ouvre les comptes et fait tout ce que fait la coordination."),
    "coordinator": N_("Relit, publie et lance les alertes."),
    "editor": N_("Écrit et traduit ; quelqu’un d’autre relit."),
    "facilitator": N_("Gère les téléphones du terrain."),
    "analyst": N_("Voit les totaux, jamais une personne."),
}
DEEDS = {
    "signed-in": N_("est entré"),
    "signed-out": N_("est sorti"),
    "refused": N_("a été refusé"),
    "first-account": N_("a fait le premier compte"),
    "account-invited": N_("a ouvert un compte"),
    "account-joined": N_("a pris son compte"),
    "account-role": N_("a changé un rôle"),
    "account-closed": N_("a fermé un compte"),
    "account-reset": N_("a fait un lien de nouveau mot de passe"),
    "password-changed": N_("a changé son mot de passe"),
    "second-on": N_("a mis un code en plus du mot de passe"),
    "second-off": N_("a enlevé le code en plus du mot de passe"),
    "session-ended": N_("a fermé une session"),
}
