"""Advice about the texts of an alert: length of the SMS, links, persons, long sentences and hard words.

Used by `sync.alerts.check`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields

from sync.alerts.alert import Alert, AlertInfo
from sync.alerts.alert_area_names import area_description, place_name
from sync.alerts.issue import AlertIssue, IssueLevel
from sync.alerts.library_with_alerts import Library
from sync.alerts.named_persons import find_person
from sync.alerts.sms_radio import write_sms
from sync.alerts.wording import word_alert
from sync.documents.readability import MEASURED_LANGUAGES, ease, sentences, words
from sync.locale import Language

MAX_SENTENCE_WORDS = 18  # as in the guides
MIN_EASE = 60.0  # an ordinary newspaper; guides keep 80
MIN_WORDS = 8  # fewer say nothing about ease
HARD_WORD_LETTERS = 11
READ_FIELDS = ("description", "instruction")
_LINK = re.compile(
    r"(?i:https?://|www\.)\S+"
    r"|(?<![@\w.])(?:[a-z0-9-]+\.)+(?:com|org|net|info|int|app|gov|io|me|ly|ml|bf|ne|td|sn|mr|fr)\b(?:/\S*)?"
)


def check_texts(alert: Alert, library: Library, language_of: Callable[[str], Language]) -> Iterator[AlertIssue]:
    places = {
        place_name(code, library) for country in library.places.values() for code in _codes(country.country, library)
    }
    for lang, info in alert.info.items():
        yield from _check_sms(alert, lang, info, library, language_of)
        for field in fields(info):
            text = getattr(info, field.name)
            yield from _check_link(lang, field.name, text)
            if person := find_person(text, places):
                yield _advice(
                    (lang, field.name),
                    "alert-person",
                    "Ce texte semble nommer une personne : « {person} ».",
                    "Dites sa fonction, ou enlevez le nom : un nom dans une alerte désigne quelqu’un à tous.",
                    person=person,
                )
            if field.name in READ_FIELDS:
                yield from _check_reading(lang, field.name, text)


def _check_sms(
    alert: Alert, lang: str, info: AlertInfo, library: Library, language_of: Callable[[str], Language]
) -> Iterator[AlertIssue]:
    country = library.site.channels[0].partition("-")[2] if library.site.channels else ""
    area = area_description(alert, lang, library)
    sms = write_sms(word_alert(alert, info, area, language_of(lang), country, site=library.site.name))
    if sms.is_truncated:
        yield _advice(
            (lang, "instruction" if info.instruction and alert.msgType != "Cancel" else "description"),
            "alert-sms-cut",
            "Le SMS de ce texte serait coupé : il tient {limit} signes.",
            "Raccourcissez le titre, le lieu ou ce qu’il faut faire.",
            limit=sms.limit,
        )


def _check_link(lang: str, name: str, text: str) -> Iterator[AlertIssue]:
    if link := _LINK.search(text):
        yield _advice(
            (lang, name),
            "alert-link",
            "Ce texte a un lien : « {link} ».",
            "Enlevez-le : il ne s’ouvre pas sans réseau, et des faussaires envoient les leurs de la même façon.",
            link=link[0][:80],
        )


def _check_reading(lang: str, name: str, text: str) -> Iterator[AlertIssue]:
    for sentence in sentences(text):
        if len(words(sentence)) > MAX_SENTENCE_WORDS:
            yield _advice(
                (lang, name),
                "alert-sentence-long",
                "Cette phrase a {count} mots : « {quote} ».",
                "Coupez-la : une idée par phrase, {limit} mots au plus.",
                count=len(words(sentence)),
                quote=sentence[:120],
                limit=MAX_SENTENCE_WORDS,
            )
    if lang in MEASURED_LANGUAGES and len(words(text)) >= MIN_WORDS and ease(text, lang) < MIN_EASE:
        hard_words = sorted(
            {word for word in words(text) if len(word) >= HARD_WORD_LETTERS}, key=lambda w: (-len(w), w)
        )
        yield _advice(
            (lang, name),
            "alert-hard-to-read",
            "Ce texte est difficile à lire : {ease} sur une échelle où un journal a 60 et un texte facile 80.",
            "Prenez des mots plus courts, à la place de : {words}.",
            ease=max(0, round(ease(text, lang))),
            words=", ".join(hard_words[:5]) or "…",
        )


def _advice(place: tuple[str, str], code: str, sentence: str, hint: str, **values: object) -> AlertIssue:
    return AlertIssue(("info", *place), code, sentence, hint, values, IssueLevel.ADVICE)


def _codes(country: str, library: Library) -> list[str]:
    return [country, *(place.code for place in library.places[country].places)]
