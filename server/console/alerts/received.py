"""Pages of foreign messages: what was received and its state, one message in full, and the watched feeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from server.alerts.cap_intake import DRAFTABLE, RECEIVED_SENTENCES, ReceivedSituation, ReceivedState, cap_intake_of
from server.alerts.drafts import AlertDraft
from server.alerts.received_alerts import ReceivedAlert, RefusalReason
from server.alerts.service import alerts_of
from server.alerts.watched_feeds import WatchedFeed
from server.console import page
from server.console.alerts import alert_form
from server.console.components.decision import PageState, make_page_state
from server.console.components.local_time import time_words
from server.console.context import ConsoleContext
from sync.alerts.alert import Alert
from sync.alerts.alert_area_names import place_name
from sync.alerts.cap_draft import DEFAULT_LANG, CapDraft, languages_of
from sync.alerts.cap_message import CapMessage
from sync.alerts.cap_signature import SIGNATURE_SENTENCES, CapSignature, SignatureStatus
from sync.alerts.library_with_alerts import Library
from sync.alerts.wording import relayed_sentence
from sync.errors import KunnafoniError, NotFound
from sync.locale import N_, Language

TEXTS_LABEL = N_("Les textes")
COMMON_LANGUAGES = ("fr", "en", "ar", "pt")  # that weather services of the region write in
_FIELDS_OF_ERRORS = {
    "address-form": "address",
    "alert-feed-known": "address",
    "alert-feed-name": "name",
    "certificate-form": "certificate",
}
MAX_SHOWN = 100  # messages on one page
TONES = {
    ReceivedState.NEW: "doubt",
    ReceivedState.UPDATES: "doubt",
    ReceivedState.ENDS: "doubt",
    ReceivedState.DRAFTED: "calm",
    ReceivedState.SENT: "good",
    ReceivedState.EXPIRED: "calm",
    ReceivedState.REPLACED: "calm",
    ReceivedState.IDLE: "calm",
    ReceivedState.REFUSED: "bad",
}
SIGNATURE_TONES = {
    SignatureStatus.NONE: "calm",
    SignatureStatus.VALID: "good",
    SignatureStatus.UNKNOWN: "doubt",
    SignatureStatus.UNCHECKED: "doubt",
    SignatureStatus.BROKEN: "bad",
}


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    """A message as a list shows it. `draft`, `sent`: slugs of what relays it, "" without one."""

    received: ReceivedAlert
    state: ReceivedState
    feed: str
    page_state: PageState
    targets: Sequence[Alert]
    draft: str
    sent: str
    places: str

    @property
    def is_open(self) -> bool:
        return self.state in DRAFTABLE


@dataclass(frozen=True, slots=True)
class OpenFieldRow:
    """A field that the message leaves open, as the page names it."""

    label: str
    lang: str
    reason: str


@dataclass(frozen=True, slots=True)
class DraftSource:
    """The message that a draft relays. `relayed`: what readers see. `is_outdated`: its sender changed or ended it.

    `open_rows`: what the draft still lacks.
    """

    name: str
    relayed: str
    is_outdated: bool
    received: ReceivedAlert | None = None
    tone: str = ""
    signature: str = ""
    message: CapMessage | None = None
    open_rows: Sequence[OpenFieldRow] = ()


async def received_alerts(context: ConsoleContext) -> Response:
    intake = cap_intake_of(context)
    library = await alerts_of(context).load_library()
    feeds = await intake.feeds.all()
    situation = await intake.load_situation()
    rows = [
        _make_row(one, situation, feeds, library, context.language) for one in (await intake.received.all())[:MAX_SHOWN]
    ]
    return page.render(
        context,
        "alerts/received.html",
        context.language("Messages d’autres services"),
        open_rows=[row for row in rows if row.is_open],
        other_rows=[row for row in rows if not row.is_open],
        feeds=feeds,
        **_words(context, library),
    )


async def received_alert(context: ConsoleContext) -> Response:
    """One message: all that it says, what its signature proves, and what can be done with it."""
    intake = cap_intake_of(context)
    received = await intake.received.get(context.param("id"))
    library = await alerts_of(context).load_library()
    row = _make_row(received, await intake.load_situation(), await intake.feeds.all(), library, context.language)
    proposal = None if received.reasons else await intake.propose(received)
    return page.render(
        context,
        "alerts/received-message.html",
        received.title or received.name or context.language("Message refusé"),
        row=row,
        message=None if received.reasons else await intake.received.read_message(received),
        open_rows=[_open_row(context.language, *names) for names in _open_names(proposal)] if row.is_open else [],
        default_lang=DEFAULT_LANG,
        **_words(context, library),
    )


async def watched_feeds(context: ConsoleContext) -> Response:
    return await render_feeds(context)


async def render_feeds(context: ConsoleContext, error: KunnafoniError | None = None) -> Response:
    library = await alerts_of(context).load_library()
    return page.render(
        context,
        "alerts/feeds.html",
        context.language("Flux surveillés"),
        status=422 if error else 200,
        feeds=[(feed, feed_state(feed, context.language)) for feed in await cap_intake_of(context).feeds.all()],
        wrong={_FIELDS_OF_ERRORS.get(error.code, ""): error.text(context.language)} if error else {},
        langs=[(lang, context.language.name_of(lang)) for lang in _feed_languages(library)],
        **_words(context, library),
    )


async def load_source(context: ConsoleContext, draft: AlertDraft) -> DraftSource | None:
    """The message that a draft relays, for its editor; None for a draft of one's own."""
    origin: Mapping[str, str] | None = draft.fields.get("origin")
    if not origin:
        return None
    intake, language = cap_intake_of(context), context.language
    site = (await alerts_of(context).load_library()).site
    relayed = relayed_sentence(origin["name"], site.name, language)
    source = DraftSource(origin["name"], relayed, await intake.is_outdated(draft))
    received = next((one for one in await intake.received.all() if one.message == origin["message"]), None)
    if received is None:
        return source
    signature = received.signature
    source = replace(
        source,
        received=received,
        tone=SIGNATURE_TONES[signature.status],
        signature=signature_sentence(language, signature),
    )
    try:
        message, proposal = await intake.received.read_message(received), await intake.propose(received)
    except NotFound:
        return source
    open_rows = [
        _open_row(language, name, lang, reason, values)
        for name, lang, reason, values in _open_names(proposal)
        if not _is_filled(draft.fields, name, lang)
    ]
    return replace(source, message=message, open_rows=open_rows)


async def count_open(context: ConsoleContext) -> int:
    """The number of messages that wait for somebody to look at them."""
    intake = cap_intake_of(context)
    situation = await intake.load_situation()
    return sum(situation.state_of(one) in DRAFTABLE for one in await intake.received.all())


async def load_row(context: ConsoleContext, received: ReceivedAlert) -> ReceivedRow:
    """A message with its state of now, for a decision about it."""
    intake = cap_intake_of(context)
    library = await alerts_of(context).load_library()
    return _make_row(received, await intake.load_situation(), await intake.feeds.all(), library, context.language)


def reason_sentence(language: Language, reason: RefusalReason) -> str:
    text = _recorded_sentence(language, reason.sentence, reason.values)
    return language("Ligne {line} : {text}", line=reason.line, text=text) if reason.line else text


def _recorded_sentence(language: Language, sentence: str, values: Mapping[str, Any]) -> str:
    """The sentence of an error that this program wrote down when it received a message."""
    return language(sentence, **values)


def signature_sentence(language: Language, signature: CapSignature) -> str:
    return language(SIGNATURE_SENTENCES[signature.status], certificate=signature.certificate)


def feed_state(feed: WatchedFeed, language: Language) -> PageState:
    """The part of a page about one feed: what a person decided, not what the last request found."""
    certificate = language("certificat connu") if feed.certificate else language("sans certificat")
    drafts = language("brouillons faits d’avance") if feed.makes_drafts else language("sans brouillon d’avance")
    return make_page_state(
        [feed.id, feed.address, feed.name, feed.lang, feed.certificate, feed.makes_drafts],
        [
            (language("De qui est ce flux"), feed.name),
            (language("Adresse"), feed.address),
            (language("Langue"), language.name_of(feed.lang)),
            (language("Certificat"), certificate),
            (language("Brouillon"), drafts),
        ],
    )


def _make_row(
    received: ReceivedAlert,
    situation: ReceivedSituation,
    feeds: Sequence[WatchedFeed],
    library: Library,
    language: Language,
) -> ReceivedRow:
    state = situation.state_of(received)
    targets = situation.targets(received) if state in (ReceivedState.UPDATES, ReceivedState.ENDS) else []
    places = ", ".join(place_name(code, library) for code in received.places)
    page_state = make_page_state(
        [received.body, state.value, [alert.slug for alert in targets]],
        [
            (language("Titre"), received.title),
            (language("Expéditeur"), received.name),
            (language("État"), language(RECEIVED_SENTENCES[state])),
            (language("Fin"), time_words(language, received.expires, library)),
            (language("Lieux"), places),
        ],
    )
    return ReceivedRow(
        received,
        state,
        next((feed.name for feed in feeds if feed.id == received.feed), ""),
        page_state,
        targets,
        situation.drafts.get(received.reference, ""),
        situation.sent.get(received.reference, ""),
        places,
    )


def _is_filled(fields: Mapping[str, Any], name: str, lang: str) -> bool:
    texts = fields.get("info", {}).get(lang, {})
    return bool((texts if name == "info" else texts.get(name)) if lang else fields.get(name))


def _open_names(proposal: CapDraft | None) -> list[tuple[str, str, str, Mapping[str, object]]]:
    return [(field.name, field.lang, field.reason, field.values) for field in proposal.open_fields] if proposal else []


def _open_row(language: Language, name: str, lang: str, reason: str, values: Mapping[str, object]) -> OpenFieldRow:
    label = alert_form.TEXT_LABELS.get(name) or alert_form.PLAIN_LABELS.get(name) or TEXTS_LABEL
    return OpenFieldRow(language(label), language.name_of(lang) if lang else "", language(reason, **values))


def _words(context: ConsoleContext, library: Library) -> dict[str, Any]:
    """Words and functions that all templates of this module use."""
    language = context.language

    return {
        "form": alert_form,
        "state_sentence": lambda state: language(RECEIVED_SENTENCES[state]),
        "error_sentence": lambda error: _recorded_sentence(language, error[1], error[2]),
        "tones": TONES,
        "signature_tones": SIGNATURE_TONES,
        "signature_sentence": lambda signature: signature_sentence(language, signature),
        "reason_sentence": lambda reason: reason_sentence(language, reason),
        "format_time": lambda moment: time_words(language, moment, library),
    }


def _feed_languages(library: Library) -> list[str]:
    return list(dict.fromkeys((*languages_of(library), *COMMON_LANGUAGES)))
