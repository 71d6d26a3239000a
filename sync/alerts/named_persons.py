"""Persons named in a text, found by what stands around names; doubtful cases are left to the reader.

Three signs count: a title before a name ("M. Traoré", "le colonel Diallo"), a word that introduces one ("nommé Issa"),
and a given name before one of the family names or patronymic particles that are most frequent in the Sahel. Names of
places and what is named after a person ("stade Modibo Keïta") are none.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_NAME = r"[A-ZÀ-ÝƐƆƝŊ][\w’'-]*[a-zà-ÿɛɔɲŋ]"
_TITLES = "|".join(
    (
        r"M\.|MM\.|Mr\.?|Mrs\.?|Ms\.?|Mme\.?|Mlle\.?|Dr\.?",
        "[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|[Dd]octeur",
        "[Cc]olonel|[Gg]énéral|[Cc]ommandant|[Cc]apitaine|[Ll]ieutenant|[Aa]djudant|[Ss]ergent",
        r"[Ii]mam|[Cc]heikh?|El\s?[Hh]adj|[Hh]adja",
    )
)
_FAMILY_NAMES = (
    "Ba|Bah|Barry|Bagayoko|Camara|Cissé|Cissoko|Coulibaly|Dembélé|Diabaté|Diakité|Diallo|Diarra|Diawara|Dicko|Diop"
    "|Doumbia|Fall|Fofana|Guindo|Kaboré|Keïta|Keita|Kone|Koné|Konaté|Kouyaté|Maïga|Ndiaye|Ouattara|Ouédraogo|Sangaré"
    "|Sanogo|Sawadogo|Sidibé|Sissoko|Sow|Sylla|Tall|Tapily|Togo|Touré|Traoré|Zongo"
)
_PATTERNS = (
    re.compile(rf"\b(?:{_TITLES})\s+(?P<name>{_NAME}(?:\s+{_NAME})?)"),
    re.compile(rf"\b(?:dé)?nommée?\s+(?P<name>{_NAME}(?:\s+{_NAME})?)"),
    re.compile(rf"(?P<name>\b{_NAME}\s+(?:(?:{_FAMILY_NAMES})\b|(?:[Aa]g|[Oo]uld|[Mm]int|[Ww]alett?)\s+{_NAME}))"),
)
_NAMED_AFTER = re.compile(
    r"\b(?:stade|aéroport|avenue|rue|boulevard|place|pont|hôpital|école|lycée|université|centre|marché|mosquée|camp|quartier"
    r"|stadium|airport|street|hospital|school|bridge)\s+(?:du |de la |de l’|de )?(?:\w+\s+)?$",
    re.IGNORECASE,
)


def find_person(text: str, places: Collection[str]) -> str:
    """The first person that the text seems to name, "" for none. `places`: names that are those of places."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            name = match["name"]
            is_place = name in places or name.split()[0] in places
            if not is_place and not _NAMED_AFTER.search(text[: match.start()]):
                return match[0]
    return ""
