"""One decision for each address of the console that decides: how a person comes to its form, and what somebody else
changes meanwhile. Used by the walk through the table of routes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from server.accounts.account import Account, Role
from server.accounts.passkey import Passkey
from server.accounts.second_factor import generate_secret
from server.alerts.drafts import AlertDraftState, with_fields
from server.alerts.watched_feeds import WatchedFeed
from server.keys import sealing_keys
from server.web.site_origin import SiteOrigin
from server.writing.draft_records import WorkingDocument
from server.writing.drafts import StartingPoint
from sync.store.contract import Body, Collection, ConflictedRecord, Outcome, Record, Saved, Stale, Store, Write
from sync.submissions.sealing import SealingKey
from tests.support.console_client import ConsoleUser
from tests.support.console_feedback import FeedbackConsole
from tests.support.console_steps import GUIDE_ID, draft_alert, upload_medium
from tests.support.inbox_site import SITE, VISIT_ANSWERS
from tests.support.sample_cap import cap_info, cap_xml
from tests.support.sample_media import make_photo

LOCALHOST = "http://localhost"  # browsers allow passkeys there


@dataclass
class DecisionCase:
    """A form that `person` opens, and a `change` between that and its posting.

    `before`, `after`: words that only the page as seen, or only what stands there now, has. `files`: of the form.
    """

    person: ConsoleUser
    action: str
    before: str
    after: str
    change: Callable[[], Awaitable[object]]
    fields: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Any] | None = None


Prepare: TypeAlias = Callable[[FeedbackConsole], Awaitable[DecisionCase]]


def about_account(deed: str, **fields: str) -> Prepare:
    async def prepare(feedback: FeedbackConsole) -> DecisionCase:
        people = feedback.console_site.people
        await people.invite(f"cible-{deed}", Role.EDITOR)
        account = await people.accounts.get(f"cible-{deed}")
        person = await feedback.console_site.person(Role.ADMINISTRATOR)
        change = lambda: people.accounts.update(account, role=Role.ANALYST)  # noqa: E731
        return DecisionCase(person, f"/accounts/{account.name}/{deed}", "Rédaction", "des totaux", change, fields)

    return prepare


def about_oneself(path: str, **fields: str) -> Prepare:
    async def prepare(feedback: FeedbackConsole) -> DecisionCase:
        site, name = feedback.console_site, f"moi{path.replace('/', '-')}".strip("-")
        settings = replace(site.site.services.settings, url=LOCALHOST)
        served_by(feedback).site_origin = SiteOrigin.from_settings(settings)
        site.base = LOCALHOST
        person = await site.person(Role.EDITOR, name[:40].strip("-"))
        key = Passkey("cle", "", 0, "localhost", "Ma clé", "2026-11-24")
        account = await site.people.accounts.update(await account_of(feedback, person), passkeys=(key,), shown="Avant")

        async def change() -> Account:
            return await site.people.accounts.update(account, shown="Après", totp=generate_secret())

        return DecisionCase(person, f"/me{path}", "Avant", "Après", change, fields)

    return prepare


def served_by(feedback: FeedbackConsole) -> Any:
    """The state of the application that answers the console's browsers."""
    app: Any = feedback.console_site.transport.app
    return app.state


async def account_of(feedback: FeedbackConsole, person: ConsoleUser) -> Account:
    return await feedback.console_site.people.accounts.get(person.name)


async def unused_code(feedback: FeedbackConsole) -> DecisionCase:
    await feedback.coordinator.post("/devices", {"name": "Radio Kayes", "place": "", "days": "365"})
    store = feedback.inbox_site.site.services.store
    records = await store.scan(Collection.PEOPLE, "enrolment:", "enrolment;")
    [record] = [record for record in records if record.body["name"] == "Radio Kayes"]

    change = lambda: rewrite(feedback, Collection.PEOPLE, record.id, name="Radio Mopti")  # noqa: E731

    fields = {"invite": record.id}
    return DecisionCase(feedback.coordinator, "/devices/drop", "Radio Kayes", "Radio Mopti", change, fields)


async def enrolled_phone(feedback: FeedbackConsole) -> DecisionCase:
    phone = await feedback.inbox_site.enrolled(2, "ABCDE01232")
    change = lambda: rewrite(feedback, Collection.PEOPLE, f"device:{phone.device}", place="ML-6")  # noqa: E731
    return DecisionCase(feedback.coordinator, f"/devices/{phone.device}/revoke", "ML-5", "ML-6", change)


async def rewrite(feedback: FeedbackConsole, collection: Collection, id: str, **fields: Any) -> None:
    store = feedback.inbox_site.site.services.store
    record = await store.get(collection, id)
    assert record
    await store.write(collection, [Write(id, {**record.body, **fields}, record.rev)])


async def medium(feedback: FeedbackConsole) -> DecisionCase:
    name = await upload_medium(feedback.console_site, feedback.coordinator, "image", make_photo())
    change = lambda: rewrite(feedback, Collection.CONTENT, f"media:{name}", label="Une voiture")  # noqa: E731
    return DecisionCase(feedback.coordinator, f"/media/{name}/withdraw", "masque", "voiture", change)


def about_submission(deed: str, **fields: str) -> Prepare:
    async def prepare(feedback: FeedbackConsole) -> DecisionCase:
        seed = {"handle": 3, "answer": 4, "erase": 5}[deed]
        phone = await feedback.inbox_site.enrolled(seed, f"ABCDE0123{seed}")
        filled = phone.fill(feedback.inbox_site.forms["visite"], VISIT_ANSWERS)
        await feedback.inbox_site.send(filled.line)
        await feedback.catch_up()
        one = f"/feedback/one/{filled.id}"
        change = lambda: feedback.coordinator.post(f"{one}/note", {"text": "Ne répondez pas."})  # noqa: E731
        return DecisionCase(feedback.coordinator, f"{one}/{deed}", "Nouveau", "Ne répondez pas.", change, fields)

    return prepare


async def quarantined(feedback: FeedbackConsole) -> DecisionCase:
    store = feedback.inbox_site.site.services.store
    await store.write(Collection.FEEDBACK, [Write("submission:a:1", {"text": "cassé"})])
    await feedback.catch_up()

    async def change() -> None:
        await rewrite(feedback, Collection.FEEDBACK, "submission:a:1", text="abîmé")
        await feedback.catch_up()

    fields = {"record": "submission:a:1"}
    return DecisionCase(feedback.coordinator, "/feedback/quarantine/erase", "cassé", "abîmé", change, fields)


def about_keys(deed: str, **fields: str) -> Prepare:
    async def prepare(feedback: FeedbackConsole) -> DecisionCase:
        folder = feedback.inbox_site.site.services.settings.keys
        keys = [SealingKey.generate() for _ in range(3)]
        sealing_keys.register_pair(folder, SITE, keys[0].public_key, "")

        async def change() -> None:
            sealing_keys.register_pair(folder, SITE, keys[1].public_key, keys[2].public_key)

        person = await feedback.console_site.person(Role.ADMINISTRATOR)
        return DecisionCase(person, f"/feedback/keys/{deed}", keys[0].id[:8], keys[1].id[:8], change, fields)

    return prepare


async def conflict(feedback: FeedbackConsole) -> DecisionCase:
    store = StoreWithConflict(feedback.inbox_site.site.services.store)
    served_by(feedback).store = store
    fields = {"room": "content", "id": "guide:deux:fr", "rev": "1-a"}
    action = "/hubs/split?room=content&id=guide:deux:fr"

    async def change() -> None:
        store.titles["2-c"] = "De Gao"

    return DecisionCase(feedback.coordinator, action, "Version 2", "De Gao", change, fields)


class StoreWithConflict:
    """A store in which two machines left two versions of one guide."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.titles = {"1-a": "De Kayes", "1-b": "De Bamako"}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def conflicts(self, collection: Collection) -> list[ConflictedRecord]:
        if collection is not Collection.CONTENT:
            return []
        versions = tuple(Record("guide:deux:fr", rev, {"title": title}) for rev, title in self.titles.items())
        return [ConflictedRecord("guide:deux:fr", versions)]

    async def resolve_conflict(self, collection: Collection, id: str, body: Body, revs: Sequence[str]) -> Outcome:
        return Saved(id, "2-d") if set(revs) == set(self.titles) else Stale(id, None)


def about_publication(path: str, **fields: str) -> Prepare:
    async def prepare(feedback: FeedbackConsole) -> DecisionCase:
        site = feedback.inbox_site.site
        site.clock.pass_time(seconds=5)
        await approve_directly(feedback, body="Un texte à publier.")
        if "{edition}" in path:
            site.clock.pass_time(seconds=5)
            await site.publish()
            await approve_directly(feedback, title="Encore un autre titre", body="Le texte d’après.")
            site.clock.pass_time(seconds=5)
            await site.publish()
        [_, (_, edition), *_rest] = [(0, ""), *await site.services.archive.history("fr-ML")]

        async def change() -> None:
            site.clock.pass_time(seconds=60)
            if "{edition}" in path:  # what it would change is counted from the edition of today
                await approve_directly(feedback, title="Le tout dernier titre", body="Le dernier texte.")
                site.clock.pass_time(seconds=5)
                await site.publish()
            else:
                await approve_directly(feedback, "guide:compte:fr", title=f"Un titre de plus pour {path}")

        action = path.replace("{channel}", "fr-ML").replace("{edition}", edition)
        return DecisionCase(feedback.coordinator, action, "", "", change, {"why": "Pour demain", **fields})

    return prepare


async def approve_directly(feedback: FeedbackConsole, id: str = GUIDE_ID, **changes: str) -> None:
    drafts = feedback.inbox_site.site.services.drafts
    await save_directly(feedback, id, **changes)
    work = await work_of(feedback, id)
    await drafts.request_review(work, "fanta", "")
    work = await work_of(feedback, id)
    assert work.draft
    await drafts.approve(work, "oumar", work.draft.rev)


async def work_of(feedback: FeedbackConsole, id: str = GUIDE_ID) -> WorkingDocument:
    return await feedback.inbox_site.site.services.workspace.get_work(id)


async def save_directly(feedback: FeedbackConsole, id: str = GUIDE_ID, **changes: str) -> None:
    work = await work_of(feedback, id)
    start = StartingPoint(work.draft.rev if work.draft else "", work.approved_digest)
    await feedback.inbox_site.site.services.drafts.save(work, {**work.fields, **changes}, "fanta", start)


def about_draft(deed: str, state: str = "draft", **fields: str) -> Prepare:
    async def prepare(feedback: FeedbackConsole) -> DecisionCase:
        drafts = feedback.inbox_site.site.services.drafts

        async def save(title: str) -> None:
            await save_directly(feedback, title=title)
            if state == "review":
                await drafts.request_review(await work_of(feedback), "fanta", "")

        await save("Un titre vu")
        change = lambda: save("Un titre neuf")  # noqa: E731
        return DecisionCase(feedback.coordinator, f"/writing/{GUIDE_ID}/{deed}", "vu", "neuf", change, fields)

    return prepare


async def text_set_aside(feedback: FeedbackConsole) -> DecisionCase:
    drafts = feedback.inbox_site.site.services.drafts

    async def set_aside(title: str) -> str:
        work = await work_of(feedback)
        aside = await drafts.save(work, {**work.fields, "title": title}, "fanta", StartingPoint("x", "x"))
        assert aside
        return aside.id

    fields = {"aside": await set_aside("Mis de côté")}
    change = lambda: set_aside("Encore un autre")  # noqa: E731
    action = f"/writing/{GUIDE_ID}/drop"
    return DecisionCase(feedback.coordinator, action, "de côté", "Encore un autre", change, fields)


async def number_to_ring(feedback: FeedbackConsole) -> DecisionCase:
    store = feedback.inbox_site.site.services.store
    record = await store.get(Collection.CONTENT, "authorities:ML:fr")
    assert record

    async def say(note: str) -> None:
        waiting = {"number": "18", "note": note, "source": {"title": "Un journal"}}
        lines = [{"service": "fire", "instead": "Criez.", "to_ring": [waiting]}]
        await rewrite(feedback, Collection.CONTENT, record.id, fields={**record.body["fields"], "emergency": lines})

    await say("Bamako")
    fields = {"answered": "yes", "day": "2026-11-20"}
    return DecisionCase(
        feedback.coordinator, "/numbers/ML:fire:18/rung", "Bamako", "Kayes", lambda: say("Kayes"), fields
    )


def about_approved(deed: str, **fields: str) -> Prepare:
    async def prepare(feedback: FeedbackConsole) -> DecisionCase:
        drafts = feedback.inbox_site.site.services.drafts
        await drafts.set_due_date(await work_of(feedback), "2027-03-03")
        if deed == "back":
            await drafts.withdraw(await work_of(feedback))
        if deed == "keep":
            await drafts.request_withdrawal(await work_of(feedback), "fanta")

        async def change() -> None:
            await drafts.set_due_date(await work_of(feedback), "2027-04-04")

        return DecisionCase(feedback.coordinator, f"/writing/{GUIDE_ID}/{deed}", "mars", "avril", change, fields)

    return prepare


def about_alert(deed: str, state: AlertDraftState = AlertDraftState.DRAFT, **fields: str) -> Prepare:
    async def prepare(feedback: FeedbackConsole) -> DecisionCase:
        drafts = feedback.inbox_site.site.services.alerts.drafts
        writer = await feedback.console_site.person(Role.COORDINATOR, "fanta")
        severity = "Severe" if deed in ("/send", "/schedule", "/drop") else "Extreme"
        address = await draft_alert(writer, severity=severity, **{"fr-headline": "Le Bani monte"})
        slug = address.rpartition("/")[2]
        await drafts.save(replace(await drafts.get(slug), state=state))

        async def change() -> None:
            draft = await drafts.get(slug)
            info = {"fr": {**draft.fields["info"]["fr"], "headline": "Le Bani baisse"}}
            await drafts.save(replace(with_fields(draft, {**draft.fields, "info": info}, "fanta"), state=state))

        person = feedback.coordinator if deed == "/approve" else writer
        page_deed = deed.removeprefix("/edit")
        return DecisionCase(person, f"{address}{page_deed}", "monte", "baisse", change, fields)

    return prepare


async def foreign_message(feedback: FeedbackConsole) -> DecisionCase:
    intake = feedback.inbox_site.site.services.cap_intake
    received = await intake.take_in(cap_xml(cap_info(headline="Orages")), "x")
    change = lambda: rewrite(feedback, Collection.CONTENT, f"received-alert:{received.id}", title="Crue")  # noqa: E731
    return DecisionCase(feedback.coordinator, f"/alerts/received/{received.id}/draft", "Orages", "Crue", change)


async def watched_feed(feedback: FeedbackConsole) -> DecisionCase:
    feeds = feedback.inbox_site.site.services.cap_intake.feeds
    feed = await feeds.add(WatchedFeed("", "https://meteo.exemple/cap", "Avant", "fr"))
    change = lambda: rewrite(feedback, Collection.CONTENT, f"alert-feed:{feed.id}", name="Après")  # noqa: E731
    return DecisionCase(feedback.coordinator, f"/alerts/feeds/{feed.id}/drop", "Avant", "Après", change)


CASES: Mapping[str, Prepare] = {
    "/accounts/{name}/role": about_account("role", role="coordinator"),
    "/accounts/{name}/reset": about_account("reset"),
    "/accounts/{name}/sessions": about_account("sessions"),
    "/accounts/{name}/close": about_account("close"),
    "/me/settings": about_oneself("/settings", shown="Fanta"),
    "/me/notices": about_oneself("/notices", mail="fanta@exemple.org", told="life", told_hour="8"),
    "/me/password": about_oneself("/password", password="un deux trois lampe", again="un deux trois lampe"),
    "/me/second": about_oneself("/second"),
    "/me/second/off": about_oneself("/second/off"),
    "/me/second/codes": about_oneself("/second/codes"),
    "/me/passkeys/new": about_oneself("/passkeys/new", name="Mon téléphone"),
    "/me/passkeys/one/{id}": about_oneself("/passkeys/one/cle"),
    "/devices/drop": unused_code,
    "/devices/{id}/revoke": enrolled_phone,
    "/media/{name}/withdraw": medium,
    "/feedback/one/{id}/handle": about_submission("handle", state="done", who="awa"),
    "/feedback/one/{id}/answer": about_submission("answer", text="Le puits sera réparé."),
    "/feedback/one/{id}/erase": about_submission("erase"),
    "/feedback/quarantine/erase": quarantined,
    "/feedback/keys/made": about_keys("made", sealing=SealingKey.generate().public_key),
    "/feedback/keys/tried": about_keys("tried", key="x", word="y"),
    "/hubs/split": conflict,
    "/numbers/{number}/rung": number_to_ring,
    "/publishing/publish": about_publication("/publishing/publish"),
    "/publishing/ask": about_publication("/publishing/ask"),
    "/publishing/{channel}/again/{edition}": about_publication("/publishing/{channel}/again/{edition}"),
    "/writing/{id}/ask": about_draft("ask", note="Relis le titre."),
    "/writing/{id}/approve": about_draft("approve", "review"),
    "/writing/{id}/publish": about_draft("publish", "review"),
    "/writing/{id}/return": about_draft("return", "review", note="La date manque."),
    "/writing/{id}/discard": about_draft("discard"),
    "/writing/{id}/drop": text_set_aside,
    "/writing/{id}/due": about_approved("due", due="2027-05-05"),
    "/writing/{id}/withdraw": about_approved("withdraw"),
    "/writing/{id}/keep": about_approved("keep"),
    "/writing/{id}/back": about_approved("back"),
    "/alerts/drafts/{slug}": about_alert("/edit", AlertDraftState.DRAFT, **{"fr-headline": "Mon titre"}),
    "/alerts/drafts/{slug}/send": about_alert("/send"),
    "/alerts/drafts/{slug}/ask": about_alert("/ask"),
    "/alerts/drafts/{slug}/approve": about_alert("/approve", AlertDraftState.WAITING),
    "/alerts/drafts/{slug}/invite": about_alert("/invite", AlertDraftState.WAITING, guest="Une personne, une radio"),
    "/alerts/drafts/{slug}/schedule": about_alert("/schedule", at="2026-11-25T10:00"),
    "/alerts/drafts/{slug}/drop": about_alert("/drop"),
    "/alerts/received/{id}/draft": foreign_message,
    "/alerts/feeds/{id}/drop": watched_feed,
}
