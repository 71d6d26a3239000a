"""Write alert-wording.json, what the server and the phone make of one alert: `python -m tests.vectors.make_alerts`.

tests/alerts/test_wording.py holds the rules, stated by hand, over these forms.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from sync.alerts.alert import MESSAGE_TYPES, SEVERITIES, STATUSES, Alert, AlertOrigin
from sync.alerts.alert_area_names import area_description
from sync.alerts.library_with_alerts import Library
from sync.alerts.push_payload import AlertText, alert_text
from sync.alerts.wording import word_alert
from sync.documents.model import Place, Places
from sync.editions.page import rendered_pages
from sync.locale import Translator
from sync.rendering.channel_view import Assets, ChannelView
from sync.rendering.pages import alerts
from tests.support import repository, sample_library
from tests.support.sample_alerts import ALERT

ZONE, COUNTRY = "Africa/Niamey", "NE"  # an hour from UTC, so that a zone that is forgotten is seen
TRANSLATOR = Translator.load(repository.ROOT / "content/locale")
HIDDEN = re.compile("<div hidden>.*?</div>")  # the part for after the end, which phones make anew
FIRST = replace(
    ALERT,
    slug="premier",
    sent="2026-11-24T11:00:00Z",
    geocode=(),
    info={"fr": ALERT.info["fr"], "en": ALERT.info["fr"]},
)
ORIGIN = AlertOrigin("meteo@exemple.ml", "exemple-1", ALERT.sent, "Service météo d’exemple", "d" * 43)
STRANGE = replace(ALERT.info["fr"], headline="<b> & $1", description="Un\n\n<i>deux</i>", areaDesc="« Ici » & là")


def main() -> None:
    from tests.vectors.make import save

    save("alert-wording", wording_cases())


def wording_cases() -> dict[str, Any]:
    return {
        "zone": ZONE,
        "texts": {lang: _texts(lang) for lang in ("fr", "en")},
        "cases": [_case(alert, lang) for alert in _alerts() for lang in ("fr", "en")],
        "list": _list_case(),
    }


def _alerts() -> Iterator[Alert]:
    for message_type, status, over in itertools.product(MESSAGE_TYPES, STATUSES, (False, True)):
        references = () if message_type == "Alert" else (FIRST.slug,)
        yield replace(FIRST, slug="crue-1", msgType=message_type, status=status, references=references, over=over)
    for severity in SEVERITIES:
        yield replace(FIRST, slug="crue-1", severity=severity)
    yield replace(FIRST, slug="crue-1", info={"fr": STRANGE, "en": STRANGE}, geocode=("NE",))
    yield replace(FIRST, slug="crue-1", origin=ORIGIN)
    yield replace(FIRST, slug="crue-1", expires="2026-12-01T04:05:00Z", info={"fr": FIRST.info["fr"]})


def _case(alert: Alert, lang: str) -> dict[str, Any]:
    first = replace(FIRST, status=alert.status)
    library = _library(first, alert)
    text_lang = lang if lang in alert.info else "fr"
    text = alert_text(alert, text_lang, library, 1, language_of=TRANSLATOR.language_of)
    wording = word_alert(
        alert,
        alert.info[text_lang],
        area_description(alert, text_lang, library),
        TRANSLATOR.language_of(text_lang),
        COUNTRY,
        site=library.site.name,
        is_in_force=not alert.over,
    )
    case = {
        "channel": f"{lang}-{COUNTRY}",
        "message": _message(text),
        "running": not wording.is_over,
        "notification": [_with_plain_spaces(text) for text in wording.notification],
    }
    view = _view(library, lang)
    [*entries] = (entry for entry in view.alerts if entry.alert.slug == alert.slug)
    for entry in entries:  # none for a test, which is on no page
        case["link"] = _plain(str(alerts.alert_link(view, entry)))
        if not entry.is_fallback:
            [page] = (page for page in rendered_pages(alerts.pages(view)) if page.path == f"alerts/{alert.slug}")
            case["body"] = _plain(HIDDEN.sub("", page.body))
    return case


def _list_case() -> dict[str, Any]:
    """A list of the server and what a phone reads in it."""
    update = replace(FIRST, slug="suite", msgType="Update", references=("premier",), sent="2026-11-24T15:00:00Z")
    other = replace(FIRST, slug="feu", severity="Extreme", sent="2026-11-24T13:00:00Z")
    view = _view(_library(FIRST, update, other), "fr")
    body = next(page.body for page in rendered_pages(alerts.pages(view)) if page.path == "alerts")
    listed = [["feu", "feu", 1795525200], ["suite", "premier", 1795532400], ["premier", "premier", 1795518000]]
    return {"channel": "fr-NE", "body": body, "listed": listed}


def _view(library: Library, lang: str) -> ChannelView:
    return ChannelView.for_channel(library, f"{lang}-{COUNTRY}", Assets(translator=TRANSLATOR))


def _library(*members: Alert) -> Library:
    return Library(
        site=replace(sample_library.SITE, channels=("fr-NE", "en-NE")),
        places={COUNTRY: Places(COUNTRY, "Niger", (Place("NE-1", "Agadez"),))},
        alerts={alert.slug: alert for alert in members},
    )


def _message(text: AlertText) -> dict[str, Any]:
    names = ("id", "root", "status", "lang", "headline", "text", "area", "severity", "sent", "expires")
    return {"msgType": text.msg_type} | {name: getattr(text, name) for name in names}


def _plain(html: str) -> str:
    """Markup with the phone's way to escape, and plain spaces."""
    return _with_plain_spaces(html).replace("&amp;", "&#38;").replace("&lt;", "&#60;").replace("&gt;", "&#62;")


def _with_plain_spaces(text: str) -> str:
    """A text without French spacing, which phones leave out, and without what browsers differ in."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def _texts(lang: str) -> dict[str, str]:
    """The translations of the phone's sentences about alerts."""
    source = (Path(repository.ROOT) / "pwa/src/protocol/alert-wording.ts").read_text("utf-8")
    sentences = [*re.findall(r'\bt\("([^"]*)"', source), "{date} à {time}"]
    return {sentence: text for sentence in sentences if (text := TRANSLATOR.catalogs.get(lang, {}).get(sentence))}


if __name__ == "__main__":
    main()
