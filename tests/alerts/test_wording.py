"""Every form of every sort of alert says first what sort it is; what is over gives no order."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Mapping
from dataclasses import replace
from xml.etree import ElementTree as Tree

import pytest

from sync.alerts.alert import MESSAGE_TYPES, SEVERITIES, STATUSES, Alert, AlertOrigin
from sync.alerts.alert_area_names import area_description
from sync.alerts.cap import ATOM_NAMESPACE, CAP_NAMESPACE, write_atom, write_cap
from sync.alerts.library_with_alerts import Library
from sync.alerts.push_payload import alert_text
from sync.alerts.sms_radio import write_radio_script, write_sms
from sync.alerts.wording import word_alert
from sync.documents.model import Place, Places
from sync.editions.page import compose
from sync.locale import Language
from tests.support import sample_library
from tests.support.sample_alerts import ALERT, library_with
from tests.support.vectors import read_vectors
from tests.vectors.make_alerts import wording_cases

FIRST = replace(ALERT, slug="premier", sent="2026-11-24T11:00:00Z")
HEADLINE = ALERT.info["fr"].headline
ORDER = "Montez vers les hauteurs"
RELAYED = replace(
    ALERT, origin=AlertOrigin("meteo@exemple.ml", "exemple-1", ALERT.sent, "Service météo d’exemple", "d" * 43)
)
FORMS = ("page", "list", "home", "banner", "push", "sms", "radio", "cap", "atom")


def alert_of(message_type: str, status: str) -> Alert:
    references = () if message_type == "Alert" else (FIRST.slug,)
    return replace(ALERT, msgType=message_type, status=status, references=references)


def forms_of(alert: Alert) -> Mapping[str, str]:
    """The text of every form, without markup; absent where a form does not exist for this sort of alert."""
    first = replace(FIRST, status=alert.status)
    library = library_with(first, alert)
    french = Language("fr")
    wording = word_alert(
        alert, alert.info["fr"], area_description(alert, "fr", library), french, "ML", site="Kunnafoni"
    )
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
        pages = sample_library.pages(with_alerts(*((first, alert) if alert.references else (alert,))))
        forms["page"] = plain(pages[f"alerts/{alert.slug}"])
        forms["list"] = plain(link_to(alert, pages["alerts"]))
        forms["home"] = plain(link_to(alert, compose(pages["_shell"], pages["index"])))
        forms["banner"] = plain(link_to(alert, compose(pages["_shell"], pages["about"])))
    forms["push"] = "\n".join(wording.notification)
    return forms


def link_to(alert: Alert, page: str) -> str:
    link = re.search(rf"<a[^>]* href=/fr-ML/alerts/{alert.slug}\b.*?</a>", page, re.DOTALL)
    return link[0] if link else ""


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
    for form in ("page", "push", "sms", "radio", "cap"):
        assert ORDER in forms[form], form
    for form in ("page", "push"):
        later = ("Jusqu’au", "L’eau monte vite.")  # what to do comes first
        assert all(forms[form].index(ORDER) < forms[form].index(words) for words in later), form


def test_banner_home_and_list_show_one_and_the_same_link() -> None:
    for severity in SEVERITIES:
        forms = forms_of(replace(alert_of("Alert", "Actual"), severity=severity))
        assert forms["banner"] == forms["home"] == forms["list"]
        assert HEADLINE in forms["banner"]
        assert "Jusqu’au 26 novembre 2026 à 18:00" in forms["banner"]


def test_what_the_phone_is_pinned_to_is_what_the_server_makes() -> None:
    assert read_vectors("alert-wording") == wording_cases()


def test_a_push_keeps_what_to_do_apart_from_the_rest() -> None:
    info = replace(ALERT.info["fr"], description="Un.\n\nDeux.\n", instruction="\nMontez.\n \nVite.")
    text = alert_text(replace(ALERT, info={"fr": info}), "fr", library_with(), 1).text
    assert text == "Un.\nDeux.\n\nMontez.\nVite."


def test_what_an_update_replaced_gives_no_order_any_more() -> None:
    update = alert_of("Update", "Actual")
    pages = sample_library.pages(with_alerts(FIRST, update))
    page = pages[f"alerts/{FIRST.slug}"]
    assert ORDER not in page
    assert "terminée" not in page  # the danger goes on
    assert f"href={update.slug}" in page
    for text in (plain(page), plain(link_to(FIRST, pages["alerts"]))):
        assert text.index("Alerte remplacée") < text.index("Un message plus récent la remplace.")
    cancelled = sample_library.pages(with_alerts(FIRST, alert_of("Cancel", "Actual")))[f"alerts/{FIRST.slug}"]
    assert "Cette alerte est terminée." in cancelled
    assert f"href={ALERT.slug}" in cancelled


def test_a_relayed_alert_is_shown_as_theirs_in_every_form_that_has_room() -> None:
    theirs = "Service météo d’exemple, relayé par "
    forms = forms_of(RELAYED)
    for form in ("page", "radio"):
        assert theirs in forms[form], form
    library = with_alerts(RELAYED)
    assert theirs in alert_text(RELAYED, "fr", library, 1).text
    cap = Tree.fromstring(write_cap(RELAYED, library, "", Language))  # noqa: S314  (our own)
    assert [name.text for name in cap.iter(f"{{{CAP_NAMESPACE}}}senderName")] == [theirs + library.site.name] * 2
    for form, text in forms_of(ALERT).items():
        assert "relayé par" not in text, form


def test_an_sms_names_the_source_only_where_what_to_do_fits_too() -> None:
    word = word_alert(RELAYED, RELAYED.info["fr"], "Ségou", Language("fr"), "ML", site="Kunnafoni")
    brief = replace(word, title="Crue", instruction="Montez.", end="Jusqu’à 18 h")
    assert "Service météo d'exemple, relayé par Kunnafoni" in write_sms(brief).text
    long = replace(brief, instruction="Montez vers les hauteurs avec les bêtes, sans attendre. " * 2)
    assert "Kunnafoni" not in write_sms(long).text
    assert write_sms(long).text.count("Montez vers") == 2


def test_an_alert_without_words_for_its_area_names_the_places_in_its_language() -> None:
    alert = replace(ALERT, geocode=("ML-6", "ML"), info={"en": replace(ALERT.info["fr"], areaDesc="")})
    regions = (Place("ML-6", "Tombouctou", names={"en": "Timbuktu"}),)
    library = replace(library_with(alert), places={"ML": Places("ML", "Mali", regions)})
    assert area_description(alert, "en", library) == "Timbuktu, Mali"
    assert area_description(alert, "fr", library) == "Tombouctou, Mali"
