"""The words of an alert in one language, from which every form of it is made: page, list, banner, SMS, radio, CAP.

An exercise says so first. What is over says so first and gives no order. Twin: pwa/src/protocol/alert-wording.ts, for
what phones make of a push.
"""

from __future__ import annotations

from dataclasses import dataclass

from sync.alerts.alert import Alert, AlertInfo
from sync.alerts.timestamps import parse_timestamp
from sync.documents.code_labels import STATUS_WORDS
from sync.locale import N_, Language

STATUS_TITLES = {"Exercise": N_("Exercice : {headline}"), "Test": N_("Essai : {headline}")}
OVER_TITLE = N_("Alerte terminée : {headline}")
REPLACED_TITLE = N_("Alerte remplacée : {headline}")


def relayed_sentence(source: str, site: str, language: Language) -> str:
    """The sentence that names the source of an alert, and the site that hands it on."""
    return language("{source}, relayé par {site}", source=source, site=site)


def source_of(alert: Alert, site: str, language: Language) -> str:
    """The sentence for an alert that this site relays, "" for its own. `site`: its name."""
    return relayed_sentence(alert.origin.name, site, language) if alert.origin else ""


@dataclass(frozen=True, slots=True)
class AlertWording:
    """`drill`: says that there is no danger, "" for a real alert. `title`: the headline after what sort of alert it is.

    `end`: until when, or that it is over. `instruction`: "" if it is over. `is_over`: cancelled, replaced or expired.
    `source`: whose alert it is, "" for the site's own.
    `notification`: the title and text of a push, with what to do first.
    """

    drill: str
    title: str
    end: str
    area: str
    description: str
    instruction: str
    is_over: bool
    is_update: bool
    source: str = ""

    @property
    def notification(self) -> tuple[str, str]:
        text = "\n".join((self.drill, self.instruction, self.end, self.area, self.description, self.source))
        return self.title, "\n".join(line for line in text.split("\n") if line.strip())


def word_alert(
    alert: Alert,
    info: AlertInfo,
    area: str,
    language: Language,
    country: str,
    *,
    site: str,
    is_in_force: bool = True,
    is_replaced: bool = False,
) -> AlertWording:
    """`info`, `area`: texts in the language of `language`. `country`: its time zone is that of the end.

    `site`: name of the site, for what it relays. `is_replaced`: over because a later message, which is in force, says
    what holds now.
    """
    is_over = alert.msgType == "Cancel" or not is_in_force
    over_title = REPLACED_TITLE if is_replaced else OVER_TITLE
    title = language(over_title, headline=info.headline) if is_over else info.headline
    if alert.status in STATUS_TITLES:
        title = language(STATUS_TITLES[alert.status], headline=title)
    if alert.msgType == "Cancel":
        end = language("Cette alerte est annulée.")
    elif is_over and is_replaced:
        end = language("Un message plus récent la remplace.")
    elif is_over:
        end = language("Cette alerte est terminée.")
    else:
        end = language("Jusqu’au {moment}", moment=language.local_time(parse_timestamp(alert.expires), country))
    drill = STATUS_WORDS.get(alert.status, "")
    return AlertWording(
        language(drill) if drill else "",
        title,
        end,
        area,
        info.description,
        "" if is_over else info.instruction,
        is_over,
        alert.msgType == "Update",
        source_of(alert, site, language),
    )
