"""Words and pictograms of the codes in documents and alerts: verdicts, steps, harms, severities.

The words are msgids, translated when displayed.
"""

from __future__ import annotations

from sync.locale import N_

VERDICTS = {
    "true": N_("Vrai"),
    "mostly-true": N_("Plutôt vrai"),
    "unproven": N_("Pas prouvé"),
    "misleading": N_("Trompeur"),
    "out-of-context": N_("Sorti de son contexte"),
    "altered": N_("Modifié"),
    "false": N_("Faux"),
    "scam": N_("Arnaque"),
}
VERDICT_PICTOGRAMS = {**{verdict: verdict for verdict in VERDICTS}, "scam": "hook"}
# Absent verdicts have the tone "doubt".
VERDICT_TONES = {
    "true": "good",
    "mostly-true": "good",
    "altered": "bad",
    "false": "bad",
    "scam": "bad",
}

STEPS = {
    "offender": N_("Demander à l’auteur de retirer"),
    "site": N_("Écrire au responsable du site"),
    "platform": N_("Signaler à la plateforme"),
    "operator": N_("Prévenir l’opérateur"),
    "authority": N_("Écrire à l’autorité des données personnelles"),
    "police": N_("Aller à la police ou à la gendarmerie"),
    "prosecutor": N_("Porter plainte au procureur"),
}

HARM_PICTOGRAMS = {
    "insult": "speech",
    "false-information": "news",
    "personal-data": "card",
    "image": "camera",
    "intimate-images": "hidden",
    "identity": "mask",
    "account": "key",
    "scam": "hook",
    "hate-threat": "flame",
    "child": "child",
}

SEVERITY_WORDS = {
    "Extreme": N_("Danger de mort"),
    "Severe": N_("Danger grave"),
    "Moderate": N_("Danger possible"),
    "Minor": N_("À savoir"),
    "Unknown": N_("À suivre"),
}
SEVERITY_PICTOGRAMS = {
    "Extreme": "stop",
    "Severe": "misleading",
    "Moderate": "megaphone",
    "Minor": "ear",
    "Unknown": "megaphone",
}
SEVERITY_TONES = {"Extreme": "bad", "Severe": "bad", "Moderate": "doubt", "Minor": "doubt", "Unknown": "doubt"}
STATUS_WORDS = {"Exercise": N_("Exercice : il n’y a pas de danger."), "Test": N_("Essai : il n’y a pas de danger.")}
MESSAGE_TYPES = {"Update": N_("Remplace une alerte précédente."), "Cancel": N_("Met fin à une alerte précédente.")}
