"""The words of an alert in one language, from which every form of it is made: page, list, banner, SMS, radio, CAP.

An exercise says so first. What is over says so first and gives no order. The phone's notification follows the same
rules: pwa/src/sw/notifications.ts.
"""

from __future__ import annotations

from dataclasses import dataclass

from sync.alerts.alert import Alert, AlertInfo
from sync.alerts.timestamps import parse_timestamp
from sync.documents.code_labels import STATUS_WORDS
from sync.locale import N_, Language

STATUS_TITLES = {"Exercise": N_("Exercice : {headline}"), "Test": N_("Essai : {headline}")}
OVER_TITLE = N_("Alerte terminée : {headline}")


@dataclass(frozen=True, slots=True)
class AlertWording:
    """`drill`: says that there is no danger, "" for a real alert. `title`: the headline after what sort of alert it is.

    `end`: until when, or that it is over. `instruction`: "" if it is over. `is_over`: cancelled, replaced or expired.
    """

    drill: str
    title: str
    end: str
    area: str
    description: str
    instruction: str
    is_over: bool
    is_update: bool


def word_alert(
    alert: Alert, info: AlertInfo, area: str, language: Language, country: str, *, is_in_force: bool = True
) -> AlertWording:
    """`info`, `area`: texts in the language of `language`. `country`: its time zone is that of the end."""
    is_over = alert.msgType == "Cancel" or not is_in_force
    title = language(OVER_TITLE, headline=info.headline) if is_over else info.headline
    if alert.status in STATUS_TITLES:
        title = language(STATUS_TITLES[alert.status], headline=title)
    if alert.msgType == "Cancel":
        end = language("Cette alerte est annulée.")
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
    )
