"""Words for the codes in a brief: figures with their sources, how sure they are."""

from __future__ import annotations

from sync.locale import N_

FIGURES = {  # by kind: what is counted, and where it comes from
    "rumours": (N_("Rumeurs signalées"), N_("Formulaires de rumeur, reçus au siège")),
    "questions": (N_("Questions posées"), N_("Formulaire « Poser une question », reçu au siège")),
    "answered": (N_("Questions répondues en sept jours"), N_("Dates de réception et de réponse, au siège")),
    "complaints": (
        N_("Plaintes préparées, dites par qui le veut"),
        N_("Formulaire « Dire qu’une plainte a été préparée »"),
    ),
    "places": (N_("Régions d’où une rumeur est venue"), N_("Région choisie dans les formulaires de rumeur")),
}
CONFIDENCE = {
    "clear": N_("assez net"),
    "careful": N_("à prendre avec prudence"),
    "signal": N_("un signal, pas une mesure"),
    "": N_("on ne peut rien en dire"),
}
