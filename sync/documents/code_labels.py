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
    "to-check": N_("À vérifier"),
}
VERDICT_PICTOGRAMS = {**{verdict: verdict for verdict in VERDICTS}, "scam": "hook", "to-check": "search"}
# Absent verdicts have the tone "doubt".
VERDICT_TONES = {
    "true": "good",
    "mostly-true": "good",
    "altered": "bad",
    "false": "bad",
    "scam": "bad",
}

RECOMMENDATION_STATES = {
    "proposed": N_("Proposée"),
    "sent": N_("Envoyée"),
    "answered": N_("Répondue"),
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

STEP_PICTOGRAMS = {
    "offender": "author",
    "site": "globe",
    "platform": "flag",
    "operator": "operator",
    "authority": "office",
    "police": "police",
    "prosecutor": "court",
}

SERVICES = {
    "police": N_("Police"),
    "gendarmerie": N_("Gendarmerie"),
    "fire": N_("Pompiers"),
    "ambulance": N_("Ambulance, urgence de santé"),
    "child": N_("Enfant en danger"),
    "women": N_("Violences contre une femme ou une fille"),
    "cybercrime": N_("Menace ou vol en ligne"),
    "operators": N_("Bloquer une puce ou un compte d’argent"),
}
SERVICE_PICTOGRAMS = {
    "police": "police",
    "gendarmerie": "police",
    "fire": "flame",
    "ambulance": "sick",
    "child": "child",
    "women": "violence",
    "cybercrime": "mask",
    "operators": "operator",
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
    "Moderate": "misleading",
    "Minor": "megaphone",
    "Unknown": "unproven",
}
SEVERITY_TONES = {"Extreme": "bad", "Severe": "bad", "Moderate": "doubt", "Minor": "doubt", "Unknown": "doubt"}
STATUS_WORDS = {"Exercise": N_("Exercice : il n’y a pas de danger."), "Test": N_("Essai : il n’y a pas de danger.")}
MESSAGE_TYPES = {"Update": N_("Remplace une alerte précédente."), "Cancel": N_("Met fin à une alerte précédente.")}
