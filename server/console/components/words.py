"""The console's words for what the program names by code: roles, deeds, states. Msgids; translated where shown."""
from __future__ import annotations

from sync.locale import N_

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
    "feedback-taken": N_("a pris des réponses pour les ouvrir dans sa page"),
    "sealing-made": N_("a enregistré des clés de scellement"),
    "sealing-tried": N_("a essayé une clé de scellement"),
    "form-kept": N_("a pris un formulaire"),
    "published": N_("a publié"),
    "publication-asked": N_("a demandé une publication"),
    "published-again": N_("a publié de nouveau une édition d’avant"),
    "media-kept": N_("a gardé une image ou un son"),
    "media-withdrawn": N_("a retiré une image ou un son"),
    "media-purged": N_("ménage du jour : un fichier retiré, que plus rien ne montre, est effacé"),
}
DETAILS = {
    "after": N_("après"), "at": N_("pour le"), "before": N_("avant"), "bytes": N_("octets"), "code": N_("code"), "count": N_("combien"),
    "due": N_("à relire avant le"), "kind": N_("genre"), "message": N_("message"), "number": N_("numéro"), "place": N_("lieu"),
    "role": N_("rôle"), "room": N_("pièce"), "severity": N_("gravité"), "state": N_("état"), "status": N_("nature"),
    "why": N_("pourquoi"), "writers": N_("écrit par"),
}  # fmt: skip
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
    "country": N_("Pays"), "authorities": N_("Services"), "slug": N_("Nom court, pour l’adresse"), "acronym": N_("Sigle"),
    "receives": N_("Reçoit les plaintes pour"), "site": N_("Site (adresse https://)"), "email": N_("Courriel"), "phone": N_("Téléphone"),
    "address": N_("Où aller"), "facts": N_("Faits"), "text": N_("Ce qui est vrai"), "source": N_("D’où on le sait"),
    "harm": N_("Tort"), "danger": N_("Le danger, si l’on n’écrit jamais à l’auteur"),
    "contact_offender": N_("On peut écrire à l’auteur"), "first": N_("D’abord"), "steps": N_("Étapes"), "do": N_("Ce qu’il faut faire"),
    "authority": N_("Service"), "template": N_("Lettre"), "needs": N_("À préparer"), "wait": N_("Combien de temps attendre"),
    "laws": N_("Lois"), "guides": N_("Guides à lire"), "last": N_("Quand rien n’a marché"), "instead": N_("Si c’est plus grave"),
    "places": N_("Lieux"), "code": N_("Code (ML-BKO)"), "iso": N_("Code de la norme ISO"), "pictogram": N_("Pictogramme"),
    "titles": N_("Titres"), "id": N_("Nom du site pour les machines"), "tagline": N_("Phrase sous le nom"), "lang": N_("Langue du site"),
    "channels": N_("Langues et pays (fr-ML)"), "contact": N_("Comment nous joindre"), "about": N_("Qui nous sommes"),
    "privacy": N_("Vie privée"), "prices": N_("Prix d’un mégaoctet"), "francs": N_("Francs"), "hubs": N_("Relais (adresses https://)"),
    "drafts": N_("Langues dont on montre aussi ce que personne n’a relu"),
}  # fmt: skip
PICTOGRAMS = {
    "home": N_("maison"), "book": N_("livre"), "check": N_("vérifier"), "scales": N_("balance"), "search": N_("loupe"),
    "phone": N_("téléphone"), "lock": N_("cadenas"), "coin": N_("pièce"), "eye": N_("œil"), "people": N_("personnes"),
    "camera": N_("appareil photo"), "shield": N_("bouclier"), "pen": N_("stylo"), "vote": N_("urne"), "megaphone": N_("porte-voix"),
    "ear": N_("oreille"), "speech": N_("dispute"), "news": N_("journal"), "card": N_("carte d’identité"), "hidden": N_("œil barré"),
    "mask": N_("masque"), "key": N_("clé"), "hook": N_("hameçon"), "flame": N_("flamme"), "child": N_("enfant"), "stop": N_("arrêt"),
    "letter": N_("enveloppe"), "office": N_("bureau"), "globe": N_("monde"), "true": N_("vrai"), "mostly-true": N_("presque vrai"),
    "unproven": N_("point d’interrogation"), "misleading": N_("triangle"), "out-of-context": N_("déplacé"), "altered": N_("ciseaux"),
    "false": N_("croix"),
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
