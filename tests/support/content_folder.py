"""Small content folders for tests: `write(folder, {path: text or bytes})`, and a whole good one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sync.documents.model import HARMS

GUIDE = """---
title: "Garder son compte"
summary: "Un code, et c’est tout."
topics: [comptes]
essential: true
order: 2
sources:
  - {title: "Vos droits", publisher: "APDP", published: "2025-08", url: "https://apdp.ml/droits"}
  - {title: "Une radio"}
updated: "2026-11-24"
---
Choisissez un code. Voyez [l’argent](guide:argent) et [la plainte](complaint:scam).

## Ce qu’il faut faire

1. **Un** code long.
2. Un code [secret](https://example.org/code).
"""

SECOND = """---
title: Argent
---
Gardez votre argent. Revenez à [votre compte](guide:compte) ou à [l’accueil](page:index).
"""

NOTICE = """---
title: Mégas gratuits
claim: "Cliquez ici : 50 Go offerts"
verdict: scam
generic: true
seen_when: 2024
evidence: [{title: Avis, publisher: Orange, published: 2024}]
keywords: [mégas, gratuit]
topics: [comptes]
---
Ce lien vole votre compte. [Voyez](topic:comptes).
"""

TEMPLATE = """---
title: Lettre au procureur
harms: [insult, false-information, personal-data, image, intimate-images, identity, account, scam, hate-threat, child]
step: prosecutor
fields:
  - {name: nom, label: "Votre nom", required: true, sensitive: true}
---
À {destinataire}.

Je suis {nom}. Texte : {loi}.
"""

TOPICS = """- slug: comptes
  pictogram: lock
  titles: {fr: Comptes, en: Accounts}
"""

SITE = """id: essai
name: Essai
channels: [fr-ML, bm-ML]
contact: Écrivez-nous.
about:
  fr: |
    Ce site est un essai.

    Voyez [le compte](guide:compte).
prices:
  ML: {francs: 2.5, source: {title: Prix, publisher: L’Essor, published: 2022-02}}
"""

PLACES = """name: Mali
places:
  - {code: ML-1, name: Kayes}
  - {code: ML-11, name: Bougouni, iso: false}
"""

AUTHORITIES = """country: ML
name: Mali
authorities:
  - slug: pole
    name: Procureur du Pôle
    step: prosecutor
    receives: [insult, false-information, personal-data, image, intimate-images, identity, account, scam, hate-threat, child]
    facts:
      - {text: Il reçoit les plaintes., source: {name: Presse, date: 2024-01}}
"""  # noqa: E501 (the lines of a file, which tests count)

_PATH = """  - harm: scam
    title: On m’a fait du tort
    first: [Gardez les messages.]
    guides: [compte]
    steps:
      - step: prosecutor
        do: Écrivez au procureur.
        template: procureur
        needs: [Les messages]
        wait: Deux semaines.
    contact_offender: false
    danger: N’écrivez pas à l’auteur.
    last: [Parlez-en autour de vous.]
"""
ROUTE = "harms:\n" + "".join(
    _PATH.replace("scam", harm) for harm in ("scam", *(harm for harm in HARMS if harm != "scam"))
)

FORM = """# Rumeur

Pour tous.

| survey |
|  | type | name | label | required |
|  | text | message | Qu’est-ce qui se dit ? | yes |
|  | date | jour | Quel jour ? |  |

| settings |
|  | form_title | form_id | audience |
|  | Signaler une rumeur | rumeur | public |
"""

GOOD: Mapping[str, str] = {
    "site.yaml": SITE,
    "topics.yaml": TOPICS,
    "guides/compte/fr.md": GUIDE,
    "guides/argent/fr.md": SECOND,
    "notices/megas/fr.md": NOTICE,
    "templates/procureur/fr.md": TEMPLATE,
    "authorities/ML.yaml": AUTHORITIES,
    "routes/ANY.yaml": ROUTE,
    "places/ML.yaml": PLACES,
    "README.md": "Pour les auteurs.",
    "forms/rumeur.md": FORM,
    "locale/en.po": "",
}
IDS = (
    "authorities:ML:fr",
    "form:rumeur:fr",
    "guide:argent:fr",
    "guide:compte:fr",
    "notice:megas:fr",
    "places:ML",
    "route:ANY:fr",
    "site",
    "template:procureur:fr",
    "topics",
)


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder
