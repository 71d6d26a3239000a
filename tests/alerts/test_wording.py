"""Every form of every sort of alert says first what sort it is; what is over gives no order."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Mapping
from dataclasses import replace
from xml.etree import ElementTree as Tree

import pytest

from sync.alerts.alert import MESSAGE_TYPES, STATUSES, Alert
from sync.alerts.alert_area_names import area_description
from sync.alerts.cap import ATOM_NAMESPACE, CAP_NAMESPACE, write_atom, write_cap
from sync.alerts.library_with_alerts import Library
from sync.alerts.push_payload import alert_text
from sync.alerts.sms_radio import write_radio_script, write_sms
from sync.alerts.wording import word_alert
from sync.locale import Language
from tests.support import sample_library
from tests.support.sample_alerts import ALERT, library_with

FIRST = replace(ALERT, slug="premier")
HEADLINE = ALERT.info["fr"].headline
ORDER = "Montez vers les hauteurs"
FORMS = ("page", "list", "home", "banner", "sms", "radio", "cap", "atom")


def alert_of(message_type: str, status: str) -> Alert:
    references = () if message_type == "Alert" else (FIRST.slug,)
    return replace(ALERT, msgType=message_type, status=status, references=references)


def forms_of(alert: Alert) -> Mapping[str, str]:
    """The text of every form, without markup; absent where a form does not exist for this sort of alert."""
    first = replace(FIRST, status=alert.status)
    library = library_with(first, alert)
    french = Language("fr")
    wording = word_alert(alert, alert.info["fr"], area_description(alert, "fr", library), french, "ML")
    cap = Tree.fromstring(write_cap(alert, library, "", Language))  # noqa: S314  (our own)
    infos = cap.findall(f"{{{CAP_NAMESPACE}}}info")
    entry = Tree.fromstring(write_atom([alert], library, "", Language, "")).find(f"{{{ATOM_NAMESPACE}}}entry")  # noqa: S314
    assert entry is not None
    forms = {
        "sms": write_sms(wording).text,
        "radio": write_radio_script(wording, french),
        "cap": "\n".join(
            text
            for name in ("headline", "description", "instruction", "responseType")
            for text in [infos[0].findtext(f"{{{CAP_NAMESPACE}}}{name}")]
            if text
        ),
        "atom": "\n".join(entry.findtext(f"{{{ATOM_NAMESPACE}}}{name}") or "" for name in ("title", "summary")),
    }
    if alert.status != "Test":  # a test is on no page
        pages = sample_library.pages(with_alerts(first, alert))
        forms["page"] = plain(pages[f"alerts/{alert.slug}"])
        forms["list"] = plain(row_of(alert, pages["alerts"]))
        forms["home"] = plain(row_of(alert, pages["index"].split("<!--alerts-->")[1]))
        forms["banner"] = plain(pages["_shell"].split("<!--alerts-->")[1])
    return forms


def row_of(alert: Alert, page: str) -> str:
    row = re.search(rf"<a href=alerts/{alert.slug}\b.*?</a>", page, re.DOTALL)
    return row[0] if row else ""


def with_alerts(*alerts: Alert) -> Library:
    return replace(sample_library.LIBRARY, alerts={alert.slug: alert for alert in alerts})


def plain(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "\n", page)).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(("message_type", "status"), list(itertools.product(MESSAGE_TYPES, STATUSES)))
def test_every_form_says_what_sort_of_alert_it_is(message_type: str, status: str) -> None:
    alert = alert_of(message_type, status)
    is_over, is_drill = message_type == "Cancel", status != "Actual"
    drill = {"Exercise": "Exercice", "Test": "Essai"}.get(status, "Ex")
    for form, text in forms_of(alert).items():
        if is_over and form in ("home", "banner"):
            assert HEADLINE not in text, form
            continue
        before = text[: text.index(HEADLINE)]
        assert (drill in before) == is_drill, (form, text)
        assert ("Alerte terminée" in before) == is_over, (form, text)
        if is_over:
            for order in (ORDER, "Evacuate", "Que faire maintenant", "Jusqu’au", "ceci est une alerte"):
                assert order not in text, (form, order)


@pytest.mark.parametrize(("message_type", "status"), list(itertools.product(MESSAGE_TYPES, STATUSES)))
def test_a_push_message_carries_an_order_only_while_there_is_danger(message_type: str, status: str) -> None:
    alert = alert_of(message_type, status)
    text = alert_text(alert, "fr", library_with(FIRST, alert), 1)
    assert (text.msg_type, text.status) == (message_type, status)
    assert (ORDER in text.text) == (message_type != "Cancel")


def test_a_real_alert_says_what_to_do_in_every_form_that_has_room() -> None:
    forms = forms_of(alert_of("Alert", "Actual"))
    assert set(forms) == set(FORMS)
    for form in ("page", "sms", "radio", "cap"):
        assert ORDER in forms[form], form
    assert forms["page"].index(ORDER) < forms["page"].index("L’eau monte vite.")  # what to do comes first


def test_what_an_update_replaced_gives_no_order_any_more() -> None:
    update = alert_of("Update", "Actual")
    page = plain(sample_library.pages(with_alerts(FIRST, update))[f"alerts/{FIRST.slug}"])
    assert "Cette alerte est terminée." in page
    assert ORDER not in page
