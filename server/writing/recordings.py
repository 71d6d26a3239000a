"""Recordings of guides in a language that wait for somebody who hears and approves them. Used by the console.

    recording:bm:SLUG   `media`, `seconds`, `marks`, by whom and when; `note`: why it was sent back, "" while it waits

No page names a recording before another person than its speaker has approved it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from server.writing.draft_records import WorkingDocument
from server.writing.drafts import Drafts
from sync.content.schemas import fields_digest
from sync.errors import Conflict, NotFound, Refused
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Record, Store, Write
from sync.store.iteration import iterate_records


@dataclass(frozen=True, slots=True)
class WaitingRecording:
    """A recording of a guide. `by`: the account that spoke, `voice`: its name for readers.

    `script`: the digest of the words that were read.
    """

    lang: str
    slug: str
    media: str
    seconds: int
    marks: str
    by: str
    voice: str
    when: str
    script: str
    note: str = ""
    rev: str | None = None

    @property
    def id(self) -> str:
        return f"recording:{self.lang}:{self.slug}"


async def list_recordings(store: Store, lang: str) -> list[WaitingRecording]:
    """The recordings of a language that no reader hears yet, also those sent back."""
    return [_recording_of(record) async for record in iterate_records(store, Collection.CONTENT, f"recording:{lang}:")]


async def get_recording(store: Store, lang: str, slug: str) -> WaitingRecording:
    """Raises NotFound."""
    record = await store.get(Collection.CONTENT, f"recording:{lang}:{slug}")
    if record is None:
        raise NotFound("recording-unknown", "Cet enregistrement n’attend plus.", "Revenez à la liste.")
    return _recording_of(record)


async def get_replaceable(store: Store, lang: str, slug: str, by: str, script: str) -> WaitingRecording | None:
    """The recording that one by this account would replace: their own, one sent back, or one of an older text.

    Raises Conflict while another voice waits to be heard.
    """
    record = await store.get(Collection.CONTENT, f"recording:{lang}:{slug}")
    before = _recording_of(record) if record else None
    if before and before.by != by and not before.note and before.script == script:
        raise Conflict(
            "recording-waits",
            "{voice} a déjà enregistré ce texte, et personne ne l’a encore écouté.",
            "Écoutez d’abord cette voix. Votre enregistrement reste dans ce navigateur.",
            voice=before.voice,
        )
    return before


async def save_recording(store: Store, recording: WaitingRecording) -> None:
    """Keep a recording. Raises Conflict as `get_replaceable`."""
    before = await get_replaceable(store, recording.lang, recording.slug, recording.by, recording.script)
    await _write(store, recording, before.rev if before else None)


async def send_back(store: Store, recording: WaitingRecording, note: str) -> None:
    """Say to the speaker what has to be said again."""
    await _write(store, replace(recording, note=note or "…"), recording.rev)


async def approve_recording(
    store: Store,
    drafts: Drafts,
    work: WorkingDocument,
    recording: WaitingRecording,
    actor: str,
    name: str,
    day: str,
    *,
    is_alone: bool = False,
) -> None:
    """Name the recording in its guide: readers hear it from the next publication on.

    `name`: of the person who heard it, for readers. `is_alone`: the site has no second person, and says so on its
    pages. Raises Refused for a speaker who is not alone, for one that was sent back, and if the guide changed since.
    """
    if recording.note:
        raise Refused(
            "recording-returned", "Quelqu’un a demandé que ce soit redit.", "Attendez le nouvel enregistrement."
        )
    if recording.by == actor and not is_alone:
        raise Refused("own-review", "C’est votre voix.", "Une autre personne doit l’écouter.")
    fields = dict(work.approved or {})
    if recording.script != script_digest(fields):
        raise Refused(
            "recording-old", "Le texte a changé depuis cet enregistrement.", "Il faut l’enregistrer de nouveau."
        )
    version: dict[str, Any] = {"lang": recording.lang, "media": recording.media, "by": recording.voice}
    version["reviewed"] = {"by": name, "date": day}
    if recording.marks:
        version["marks"] = recording.marks
    others = [each for each in fields.get("spoken", ()) if each["lang"] != recording.lang]
    await drafts.replace_approved(work, {**fields, "spoken": [*others, version]}, actor)
    [outcome] = await store.write(Collection.CONTENT, [Write(recording.id, None, recording.rev)])
    ensure_saved(outcome)


def script_digest(fields: Any) -> str:
    """The digest of what is spoken of a guide: its script, or else its title and text."""
    names = ("script",) if fields.get("script") else ("title", "body")
    return fields_digest({name: fields.get(name, "") for name in names})


async def _write(store: Store, recording: WaitingRecording, rev: str | None) -> None:
    body = {
        "lang": recording.lang,
        "slug": recording.slug,
        "media": recording.media,
        "seconds": recording.seconds,
        "marks": recording.marks,
        "by": recording.by,
        "voice": recording.voice,
        "when": recording.when,
        "script": recording.script,
        "note": recording.note,
    }
    [outcome] = await store.write(Collection.CONTENT, [Write(recording.id, body, rev)])
    ensure_saved(outcome)


def _recording_of(record: Record) -> WaitingRecording:
    return WaitingRecording(**{**record.body, "rev": record.rev})
