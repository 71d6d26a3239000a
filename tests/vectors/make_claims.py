"""Write the vectors of checking a message: `python -m tests.vectors.make_claims`. Keys, tokens and answers are Python's
own; that they serve people is what tests/claims/test_messages.py holds.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sync.claims.claim_index import ClaimIndex, KnownClaim
from sync.claims.message_tokens import message_tokens
from sync.claims.message_words import message_words

HERE = Path(__file__).parent
CLAIMS = [
    KnownClaim(
        "depot",
        "« J’ai déposé de l’argent chez vous par erreur »",
        "Un SMS annonce un dépôt. Puis un inconnu appelle : il faut lui renvoyer la somme.",
        ("slt c moi ki a fai le depo par ereur renvoi larjan", "N ye wari ci i ma fili la, sabari k’a segin n ma."),
        ("dépôt", "par erreur"),
    ),
    KnownClaim(
        "megas",
        "« Mégas gratuits : cliquez et partagez »",
        "Un message offre des mégas. Il faut toucher un lien et partager à ses contacts.",
        ("megas gratui 25 go clic sur le lien", "Orange bɛ mégas di fu, lien in digi"),
        ("mégas gratuits",),
    ),
    KnownClaim("remede", "La plante miracle", "Une plante guérit tout. Les médecins le cacheraient."),
]
MESSAGES = (
    "jé envoyé larjan par ereur, renvoi moi 25000 stp",
    "Transféré plusieurs fois ➡️ MÉGAS GRATUITS 50 Go !!! http://cadeau.example/x partagez à 10 contacts 🎁",
    "[12/03, 10:22] Awa: I ka wari ci n ma, n filila nimoro la",
    "12/03/2026 à 10:22 - Awa : cette feuille guéri le diabete, lé docteur cach sa",
    "On se voit demain au marché, prends du savon.",
    "Mégas gratuits : ne cliquez pas sur le lien, ne partagez pas à vos contacts, c’est faux. Méfiez-vous !",
    "Orange dément : mégas gratuits, un message offre des mégas, toucher le lien et partager à ses contacts",
    "Cette plante guérit tout, les médecins le cacheraient, envoyez cette vidéo à vos contacts",
    "Cette plante guérit tout, les médecins le cacheraient, rappel du secrétariat de la mairie",
    "Kɔ̀rɔ, la plante de l’ɲɛ́ guérit — ça vaut 50 000 F CFA ?",
    "محمد ߒߞߏ ٣٤ 2fa",
    "sbrzx zzztrk",
    "",
    "🎁🎁",
)


def claims_vectors() -> dict[str, Any]:
    index = ClaimIndex.build(CLAIMS)
    return {
        "claims": [{"slug": each.slug, "texts": list(each.texts)} for each in CLAIMS],
        "messages": [{"message": message, **describe(index, message)} for message in MESSAGES],
    }


def describe(index: ClaimIndex, message: str) -> dict[str, Any]:
    """The words, the tokens without a vocabulary, and the answer."""
    match = index.match(message)
    return {
        "words": [[word.written, word.term, word.key] for word in message_words(message)],
        "tokens": {token: list(words) for token, words in message_tokens(message).tokens.items()},
        "verdict": match.verdict,
        "hits": [{"slug": hit.slug, "score": hit.score, "matched": list(hit.matched)} for hit in match.hits],
    }


def main() -> None:
    text = json.dumps(claims_vectors(), ensure_ascii=False, indent=1)
    (HERE / "claims.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
