"""Write the vectors of search: `python -m tests.vectors.make_search`. Sounds and answers are Python's own; that they
serve people is what tests/reader/test_questions.py holds.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from server.reader.search_index import SearchIndex
from sync.folding import terms
from sync.search.lexicon import Lexicon
from sync.search.sounds import opening_of, sound_of

HERE = Path(__file__).parent
TEXTS = """\
arnaque arnake arnac arnaqueur voler volé volée vole vol perdu perdre perdues menace menaçant menacent téléphone
téléfone vérifier vérification harcèlement harceler payer paiement journaux journal réseau réseaux signalement partage
partager faux fausse argent whatsapp watsap piratage pirater message messages enfant publication publique comptes
application
bloqué blocage orange money gagner guerre gêner guide page scheme shérif accès quoi koi cheval loi noix eau œuf
kɛnɛ ɲɛnabɔ ŋɔmi yɛrɛ محمد ߒߞߏ 80333 2fa a ab abc thé théâtre utilisateur vérificateur voleuse menaçait étudiant"""
LEXICON = """\
Les mots de la recherche
<h1>Les mots de la recherche</h1><ul data-synonyms><li>téléphone, portable, tél<li>argent mobile, orange money, wave\
<li>arnaque, brouteur<li>photo nue, image intime, nudes</ul><h2 id=s1>Mots qui ne sont pas cherchés</h2>\
<p data-ignored>le la les un une de du des mon ma mes on a ai j que comment est au sur"""
PAGES = {
    "guides/telephone-perdu": "Téléphone perdu ou volé\n<a rel=up href=../topics/comptes>Comptes</a>"
    '<h1 data-words="portable volé, téléphone arraché">Téléphone perdu ou volé</h1><p>Dans la première heure.'
    "<h2 id=s1>Bloquer la carte</h2><p>Appelez l’opérateur. Il bloque la carte SIM du téléphone."
    "<h2 id=s2>Déclarer le vol</h2><p>À la police, avec le numéro IMEI.<footer><p>Aide de WhatsApp</footer>",
    "guides/argent-mobile": 'L’argent mobile &amp; vous\n<h1 data-words="faux dépôt">L’argent mobile &amp; vous</h1>'
    "<p>Personne ne demande votre code secret.<h2 id=s1>Si l’argent est parti</h2><p>Demandez de bloquer le transfert."
    "<p><a href=telephone-perdu>Téléphone perdu ou volé</a>",
    "guides/images-intimes": "Images intimes\n"
    '<h1 data-private data-words="il parle de moi, chantage">Images intimes</h1>'
    "<p>Ne payez pas. Une image intime se bloque.",
    "guides/tiktok": "TikTok sans danger\n<h1>TikTok sans danger</h1><p>Réglez votre compte TikTok. Kɛnɛ kan, kɔ̀rɔ.",
    "complaints/account": "On a volé mon compte\n<h1>On a volé mon compte</h1><h2>Tout de suite</h2><p>Changez.",
    "complaints/account/police": "Feuille pour la police\n<h1>Feuille pour la police</h1><p>Mon compte, code.",
    "complaints/scam/police": "Feuille pour la police\n<h1>Feuille pour la police</h1><p>De l’argent, code.",
    "notices/gain": "Vous avez gagné\n<h1 data-words=loterie data-said=gagné>Vous avez gagné</h1>"
    "<p>C’est une arnaque : un code.",
    "recommendations/sim": "Bloquer une carte SIM\n<h1>Bloquer une carte SIM</h1><p>Un code court.",
    "alerts/crue": "Crue\n<!--alerts--><h1>Crue</h1><p>L’eau monte vite.<!--alerts-->",
    "authorities": "Les services\n<h1>Les services</h1><p>Police, procureur.",
    "topics/comptes": "Comptes\n<h1>Comptes</h1>",
    "about": "À propos\n<h1>À propos</h1><p>Un code.",
}
QUESTIONS = """\
j'ai perdu mon téléphone|on a volé mon portable|portable|teléfone perdut|telefone|tel|télépho|arn|brouteur|orange money|
wave|photo nue|nudes|tik tok|tiktoc|code|le code|code |police|kene|koro|comment|que|''|argent|argen|xyzzy|loterie|
compte volé code secret|BLOQUER LA CARTE|eau|aide whatsapp|vole|mon compte|bloqué transfert|tlephone|
on parle de moi|de moi|chantage|elle parle de moi sur tiktok|said"""


def search_vectors() -> dict[str, Any]:
    lexicon = Lexicon.from_page(LEXICON)
    index = SearchIndex(PAGES.items(), lexicon)
    words = sorted({term for text in TEXTS.split() for term in terms(text)})
    questions = [text.replace("\n", "") for text in QUESTIONS.split("|")]
    return {
        "sounds": [[word, sound_of(word), opening_of(word)] for word in words],
        "lexicon": LEXICON,
        "pages": [{"path": path, "body": body} for path, body in PAGES.items()],
        "questions": [{"question": question, **describe(index, question)} for question in questions],
    }


def describe(index: SearchIndex, question: str) -> dict[str, Any]:
    """The pages found: their count, and each with path, section, marked title and passage, and further sections."""
    answer = index.find(question)
    return {
        "count": answer.count,
        "found": [
            {
                "path": each.path,
                "title": [list(part) for part in each.passage.title],
                "anchor": each.passage.anchor,
                "heading": each.passage.heading,
                "text": [list(part) for part in each.passage.text],
                "more": [list(section) for section in each.passage.more],
            }
            for each in answer.results
        ],
    }


def main() -> None:
    text = json.dumps(search_vectors(), ensure_ascii=False, indent=1)
    (HERE / "search.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
