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
    "alert-sent": N_("a envoyé une alerte"),
    "alert-not-sent": N_("n’a pas pu envoyer l’alerte programmée"),
    "alert-asked": N_("a demandé l’accord d’une deuxième personne"),
    "alert-approved": N_("a approuvé une alerte"),
    "alert-scheduled": N_("a programmé une alerte"),
    "alert-template": N_("a gardé un modèle d’alerte"),
    "alert-dropped": N_("a effacé un texte d’alerte"),
    "text-begun": N_("a commencé un texte"),
    "text-saved": N_("a enregistré un brouillon"),
    "text-aside": N_("a enregistré en second : texte mis de côté"),
    "text-settled": N_("a réglé deux textes"),
    "review-asked": N_("a demandé une relecture"),
    "text-approved": N_("a approuvé un texte"),
    "text-returned": N_("a renvoyé un texte à corriger"),
    "draft-dropped": N_("a effacé un brouillon"),
    "text-withdrawn": N_("a retiré un document"),
    "text-back": N_("a remis un document retiré"),
    "hub-added": N_("a ajouté un relais"),
    "hub-removed": N_("a retiré un relais"),
    "split-settled": N_("a choisi entre deux versions"),
    "due-set": N_("a changé une date de relecture"),
    "device-invited": N_("a invité un téléphone"),
    "device-dropped": N_("a repris le code d’un téléphone"),
    "device-revoked": N_("a retiré un téléphone"),
    "feedback-handled": N_("a pris un envoi en main"),
    "feedback-answered": N_("a répondu à un envoi"),
    "feedback-erased": N_("a effacé un envoi"),
    "feedback-exported": N_("a exporté des envois"),
    "form-kept": N_("a pris un formulaire"),
    "published": N_("a publié"),
    "published-again": N_("a publié de nouveau une édition d’avant"),
    "media-kept": N_("a gardé une image ou un son"),
    "media-withdrawn": N_("a retiré une image ou un son"),
}
KINDS = {
    "guide": N_("Guide"), "notice": N_("Vérification"), "template": N_("Lettre"), "authorities": N_("Services d’un pays"),
    "route": N_("Chemins de plainte"), "places": N_("Lieux"), "topics": N_("Sujets"), "site": N_("Site"),
}  # fmt: skip
STATES = {
    "draft": N_("Brouillon"), "review": N_("À relire"), "approved": N_("Publiable"), "withdrawn": N_("Retiré"),
    "aside": N_("Deux textes à régler"),
}  # fmt: skip
STATE_TONES = {"draft": "calm", "review": "doubt", "approved": "good", "withdrawn": "bad", "aside": "bad"}
FIELDS = {
    "title": N_("Titre"), "summary": N_("Résumé"), "topics": N_("Sujets"), "countries": N_("Pays (aucun : tous)"),
    "essential": N_("Essentiel : arrive en premier sur le téléphone"), "order": N_("Rang dans les listes (petit : en haut)"),
    "sources": N_("Sources"), "updated": N_("Mis à jour le"), "audio": N_("Enregistrement"), "body": N_("Texte"),
    "claim": N_("Ce que dit le message"), "verdict": N_("Verdict"), "generic": N_("Modèle général, pas un cas précis"),
    "seen_where": N_("Vu où"), "seen_when": N_("Vu quand"), "checked_by": N_("Vérifié par"), "evidence": N_("Preuves"),
    "keywords": N_("Mots qu’on chercherait (un par ligne)"), "harms": N_("Torts"), "step": N_("Étape"), "fields": N_("Trous de la lettre"),
    "name": N_("Nom"), "date": N_("Date (AAAA, AAAA-MM ou AAAA-MM-JJ)"), "url": N_("Adresse https://"), "checked": N_("Vérifiée"),
    "label": N_("Question posée"), "hint": N_("Aide"), "required": N_("Obligatoire"), "sensitive": N_("Sensible"),
}  # fmt: skip
HARMS = {
    "insult": N_("Insulte"), "false-information": N_("Fausse information"), "personal-data": N_("Données personnelles"),
    "image": N_("Image volée"), "intimate-images": N_("Images intimes"), "identity": N_("Faux compte"), "account": N_("Compte volé"),
    "scam": N_("Arnaque"), "hate-threat": N_("Haine et menaces"), "child": N_("Enfant"),
}  # fmt: skip
TRANSLATION_STATES = {
    "missing": N_("Manque"), "draft": N_("Brouillon"), "review": N_("À relire"), "unreviewed": N_("Personne ne l’a relue"),
    "behind": N_("L’original a changé"), "done": N_("Relue"),
}  # fmt: skip
TRANSLATION_TONES = {"missing": "bad", "draft": "calm", "review": "doubt", "unreviewed": "doubt", "behind": "bad", "done": "good"}
