"""A language at its desk: glossary, texts by steps, voices. Another person decides; before, nothing reaches readers."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from server.accounts.account import Role
from server.writing.recordings import approve_recording, get_recording
from server.writing.translations import is_behind
from sync.content.schemas import to_fields
from sync.documents.translation_parts import text_parts
from sync.errors import Refused
from sync.store.contract import Collection, Write
from tests.support.console_client import ConsoleSite, ConsoleUser
from tests.support.console_steps import approve_change
from tests.support.content_folder import SITE
from tests.support.sample_library import NOTICE
from tests.support.sample_media import make_recording

pytestmark = pytest.mark.anyio

TEXT = "/translations/bm/text/guide:compte:fr"
WORDS = {
    "part-title": "I ka konti lakana",
    "part-summary": "Kode kelen.",
    "part-b0": "Kode dɔ sugandi. [Wari] ani [ŋunan] lajɛ.",
    "part-b2": "Min ka kan ka kɛ",
    "part-b4": "Kode jan **kelen**.",
    "part-b5": "Kode [gundolama].",
}


ARABIC = {
    "part-title": "احم حسابك",
    "part-summary": "رمز واحد.",
    "part-b0": "اختر رمزا. اقرأ [المال] و [الاحتيال].",
    "part-b2": "ماذا تفعل الآن",
    "part-b4": "رمز **طويل**.",
    "part-b5": "رمز [سري].",
}


def hidden_fields(page: str) -> dict[str, str]:
    return {
        name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    }


async def save_steps(person: ConsoleUser, **fields: str) -> Any:
    given = hidden_fields((await person.get(TEXT)).text)
    return await person.post(TEXT, {**given, **fields})


async def send_voice(person: ConsoleUser, passages: int, **changes: str) -> Any:
    page = (await person.get("/translations/bm/voice")).text
    [script] = re.findall(r'data-script="compte" data-digest="([^"]+)"', page)
    files = [("passage", (f"p{number}", make_recording(1.2), "audio/wav")) for number in range(passages)]
    return await person.post("/translations/bm/voice/compte", {"script": script, **changes}, files=files)


async def published(console_site: ConsoleSite, path: str) -> str:
    await console_site.site.services.publisher.publish(console_site.site.keys)
    await console_site.site.services.current_editions.load()
    return (await console_site.site.client.get(path)).text


async def test_a_language_is_opened_by_its_own_name_and_another_is_not_there(console_site: ConsoleSite) -> None:
    writer = await console_site.person(Role.EDITOR)
    assert (await writer.get("/translations/snk")).status_code == 404
    page = (await writer.get("/translations")).text
    assert '<option value="snk">Sooninkanxannen</option>' in page
    assert (await writer.post("/translations/open", {"lang": "snk"})).status_code == 303
    assert "Sooninkanxannen" in (await writer.get("/translations/snk")).text
    assert (await writer.post("/translations/open", {"lang": "fr"})).status_code == 422
    assert (await writer.post("/translations/open", {"lang": "x/../y"})).status_code == 422


async def test_right_to_left_fields_and_words_of_the_glossary_stand_beside_the_text(console_site: ConsoleSite) -> None:
    writer = await console_site.person(Role.EDITOR)
    await writer.post("/translations/open", {"lang": "ar"})
    words = {"term": "Codes", "translation": "رمز", "note": "jamais كود"}
    assert (await writer.post("/translations/ar/glossary", words)).status_code == 303
    again = await writer.post("/translations/ar/glossary", {"term": "codes", "translation": "x"})
    assert again.status_code == 422
    assert "déjà dans le lexique" in again.text
    page = (await writer.get("/translations/ar/text/guide:compte:fr")).text
    assert page.count('data-text="رمز"') == 4, "each passage with the word offers it"
    assert re.search(r'<textarea[^>]*lang="ar" dir="auto"', page)


async def test_arabic_written_beside_french_turns_its_reader_to_the_right(console_site: ConsoleSite) -> None:
    store = console_site.site.services.store
    [site] = (await store.get_many(Collection.CONTENT, ["site"])).values()
    fields = {**site.body["fields"], "channels": ["fr-ML", "bm-ML", "ar-ML"]}
    await store.write(Collection.CONTENT, [Write("site", {**site.body, "fields": fields}, site.rev)])
    writer, other = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "fanta")
    await writer.post("/translations/open", {"lang": "ar"})
    address = "/translations/ar/text/guide:compte:fr"
    given = hidden_fields((await writer.get(address)).text)
    assert (await writer.post(address, {**given, **ARABIC, "ask": "1"})).status_code == 303
    desk = (await writer.get(address)).text
    assert re.search(r'<html lang="?fr"? dir="?ltr', desk)
    assert re.search(r'<label for="f-part-title" lang="fr">Garder son compte</label>', desk)
    assert re.search(r'<textarea id="f-part-title"[^>]* lang="ar" dir="auto">\s*احم حسابك</textarea>', desk)
    before = await published(console_site, "/ar-ML/guides/compte")
    assert "احم حسابك" not in before
    assert "<div lang=fr dir=ltr>" in before, "French until somebody else has read it"
    assert (await other.decide("/writing/guide:compte:ar/approve", {"speaks": "1"})).status_code == 303
    page = await published(console_site, "/ar-ML/guides/compte")
    assert "<html lang=ar dir=rtl" in page
    assert "<h1>احم حسابك</h1>" in page
    assert "<div lang=fr dir=ltr>" not in page


async def test_a_text_that_lacks_something_is_kept_and_says_what(console_site: ConsoleSite) -> None:
    writer, other = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "fanta")
    saved = await save_steps(writer, **{**WORDS, "part-b5": ""})
    assert saved.status_code == 303
    page = (await writer.get(TEXT)).text
    assert "5 passages sur 6" in page
    assert "I ka konti lakana" in page
    refused = await save_steps(writer, **{**WORDS, "part-b0": "Kode dɔ sugandi.", "part-b5": ""}, ask="1")
    assert refused.status_code == 422
    assert refused.text.count('class="wrong"') == 2
    by_the_other_editor = await writer.decide("/writing/guide:compte:bm/ask")
    assert by_the_other_editor.status_code == 422
    assert "n’a pas tout l’original" in by_the_other_editor.text
    assert (await save_steps(writer, **WORDS, ask="1")).status_code == 303
    assert "I ka konti" not in await published(console_site, "/bm-ML/guides/compte")
    assert (await other.decide("/writing/guide:compte:bm/approve", {"speaks": "1"})).status_code == 303
    assert "I ka konti" in await published(console_site, "/bm-ML/guides/compte")


async def test_two_who_save_the_same_text_lose_nothing(console_site: ConsoleSite) -> None:
    writer, other = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "fanta")
    given = hidden_fields((await other.get(TEXT)).text)
    await save_steps(writer, **WORDS)
    second = await other.post(TEXT, {**given, **WORDS, "part-title": "Konti"})
    assert "/edit?with=aside:" in second.headers["location"]


async def test_a_text_that_is_sent_twice_is_kept_once(console_site: ConsoleSite) -> None:
    writer = await console_site.person(Role.EDITOR)
    given = hidden_fields((await writer.get(TEXT)).text)
    for _time in range(2):  # the first answer was lost on the way
        assert (await writer.post(TEXT, {**given, **WORDS})).headers["location"].startswith(f"/console{TEXT}")
    assert (await console_site.site.services.workspace.get_work("guide:compte:bm")).asides == ()


async def test_words_made_beside_another_original_are_given_back_and_not_kept(console_site: ConsoleSite) -> None:
    writer = await console_site.person(Role.EDITOR)
    given = hidden_fields((await writer.get(TEXT)).text)
    await approve_change(console_site, "guide:compte:fr", summary="Il faut 2 codes.")
    late = await writer.post(TEXT, {**given, **WORDS, "ask": "1"})
    page = html.unescape(late.text)
    assert late.status_code == 409 and "L’original a changé" in page and "Ouvrez la page" in page
    assert WORDS["part-b0"] in page and "Il faut 2 codes." in re.sub("</?(?:del|ins)>", "", page)
    assert "guide:compte:bm" not in (await console_site.site.services.workspace.load_snapshot()).works
    assert (await save_steps(writer, **WORDS, ask="1")).status_code == 422, "the new original says two"


async def test_what_the_checks_of_documents_find_stands_at_its_passage(console_site: ConsoleSite) -> None:
    writer = await console_site.person(Role.EDITOR)
    wrong = {"part-title": "I ka konti " * 40, "part-b4": "Kode jan **kelen** <b>."}
    for name, words in wrong.items():
        refused = await save_steps(writer, **{**WORDS, name: words}, ask="1")
        assert refused.status_code == 422 and f'id="e-{name}"' in refused.text, name
        assert refused.text.count('class="wrong"') == 1, name
    draft = (await console_site.site.services.workspace.get_work("guide:compte:bm")).draft
    assert draft and draft.state == "draft"


async def test_a_glossary_gives_up_words_of_its_own_language_alone(console_site: ConsoleSite) -> None:
    writer = await console_site.person(Role.EDITOR)
    for lang in ("snk", "ar"):
        await writer.post("/translations/open", {"lang": lang})
        await writer.post(f"/translations/{lang}/glossary", {"term": "code", "translation": lang})
    form = await writer.read_form("/translations/ar/glossary/remove", {})
    assert form
    other = await writer.post("/translations/snk/glossary/remove", dict(form.given))
    assert other.status_code == 404
    assert 'lang="ar"' in (await writer.get("/translations/ar/glossary")).text
    assert (await writer.post("/translations/ar/glossary/remove", dict(form.given))).status_code == 303


async def test_an_original_that_changed_is_not_approved_with_its_old_translation(console_site: ConsoleSite) -> None:
    writer, other = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "fanta")
    await save_steps(writer, **WORDS, ask="1")
    await approve_change(
        console_site, "guide:compte:fr", body="Choisissez un long code.\n\n1. Un.\n2. Deux.\n3. Trois."
    )
    refused = await other.decide("/writing/guide:compte:bm/approve", {"speaks": "1"})
    assert refused.status_code == 422


async def test_a_notice_with_another_verdict_takes_its_translation_from_readers_until_it_is_made_again(
    console_site: ConsoleSite,
) -> None:
    workspace, store = console_site.site.services.workspace, console_site.site.services.store
    writer, other = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "fanta")
    address = "/translations/bm/text/notice:code:fr"
    fields = to_fields("notice", NOTICE)
    body = {"kind": "notice", "fields": fields, "approved": {"by": "awa", "when": "2026-11-01T00:00:00Z"}}
    await store.write(Collection.CONTENT, [Write("notice:code:fr", body)])
    original = (await store.get_many(Collection.CONTENT, ["notice:code:fr"]))["notice:code:fr"]
    words = {f"part-{part.name}": f"{part.text} dɔ" for part in text_parts(fields)}

    async def translate() -> None:
        given = hidden_fields((await writer.get(address)).text)
        assert (await writer.post(address, {**given, **words, "ask": "1"})).status_code == 303
        assert (await other.decide("/writing/notice:code:bm/approve", {"speaks": "1"})).status_code == 303

    async def is_shown() -> bool:
        return f"{NOTICE.title} dɔ" in await published(console_site, "/bm-ML/notices/code")

    await translate()
    assert await is_shown()
    changed = {**body, "fields": {**fields, "verdict": "to-check"}}
    await store.write(Collection.CONTENT, [Write("notice:code:fr", changed, original.rev)])
    assert not await is_shown()
    assert is_behind(await workspace.get_work("notice:code:bm"), await workspace.get_work("notice:code:fr"))
    words["part-b0"] += "!"
    await translate()
    assert await is_shown()
    assert not is_behind(await workspace.get_work("notice:code:bm"), await workspace.get_work("notice:code:fr"))


async def test_a_voice_waits_for_other_ears_and_names_both_people(console_site: ConsoleSite) -> None:
    speaker, other = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "fanta")
    passages = (await speaker.get("/translations/bm/voice")).text.count("<li lang")
    short = await send_voice(speaker, passages - 1)
    assert short.status_code == 422
    assert "Il manque 1 passages" in short.text
    assert (await send_voice(speaker, passages, script="x" * 43)).status_code == 422
    assert (await send_voice(speaker, passages)).status_code == 303
    assert "data-spoken" not in await published(console_site, "/fr-ML/guides/compte")
    own = await speaker.decide("/translations/bm/listening/decide", {"speaks": "compte", "slug": "compte"})
    assert own.status_code == 409, "the speaker's page has no form to approve with"
    unheard = await other.decide("/translations/bm/listening/decide", {"slug": "compte"})
    assert unheard.status_code == 422
    assert (
        await other.decide("/translations/bm/listening/decide", {"speaks": "compte", "slug": "compte"})
    ).status_code == 303
    page = await published(console_site, "/fr-ML/guides/compte")
    assert "data-spoken lang=bm" in page
    work = await console_site.site.services.workspace.get_work("guide:compte:fr")
    assert work.approved
    [version] = work.approved["spoken"]
    assert (version["by"], version["reviewed"]["by"]) == ("editor", "fanta")
    assert (await speaker.get("/translations/bm/listening")).text.count("<audio") == 0


async def test_the_voice_of_a_site_of_one_person_is_approved_by_its_speaker(console_site: ConsoleSite) -> None:
    speaker = await console_site.person(Role.EDITOR)
    passages = (await speaker.get("/translations/bm/voice")).text.count("<li lang")
    await send_voice(speaker, passages)
    await console_site.site.publish({"site.yaml": f"{SITE}one_person: true\n"})
    unheard = await speaker.decide("/translations/bm/listening/decide", {"slug": "compte"})
    assert unheard.status_code == 422
    form = {"speaks": "compte", "slug": "compte"}
    assert (await speaker.decide("/translations/bm/listening/decide", form)).status_code == 303
    page = await published(console_site, "/fr-ML/guides/compte")
    assert "data-spoken lang=bm" in page and "Personne d’autre ne l’a relue." in page


async def test_a_voice_that_is_sent_back_says_what_to_say_again(console_site: ConsoleSite) -> None:
    speaker, other = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "fanta")
    passages = (await speaker.get("/translations/bm/voice")).text.count("<li lang")
    await send_voice(speaker, passages)
    again = {"slug": "compte", "again": "1", "note": "Le code manque."}
    assert (await other.decide("/translations/bm/listening/decide", again)).status_code == 303
    assert "À redire : Le code manque." in (await speaker.get("/translations/bm/voice")).text
    assert "<audio" not in (await other.get("/translations/bm/listening")).text


async def test_a_voice_that_waits_is_replaced_by_its_own_speaker_alone(console_site: ConsoleSite) -> None:
    speaker, other = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "fanta")
    passages = (await speaker.get("/translations/bm/voice")).text.count("<li lang")
    await send_voice(speaker, passages)
    refused = await send_voice(other, passages)
    assert refused.status_code == 409
    assert "personne ne l’a encore écouté" in refused.text
    assert (await send_voice(speaker, passages)).status_code == 303, "somebody says it better"
    listener = await console_site.person(Role.COORDINATOR)
    form = await listener.read_form("/translations/bm/listening/decide", {"slug": "compte"})
    assert form
    await listener.decide("/translations/bm/listening/decide", {"slug": "compte", "again": "1"})
    store = console_site.site.services.store
    recording = await get_recording(store, "bm", "compte")
    work = await console_site.site.services.workspace.get_work("guide:compte:fr")
    drafts = console_site.site.services.drafts
    with pytest.raises(Refused) as refusal:
        await approve_recording(store, drafts, work, recording, "coordinator", "Awa", "2026-12-01")
    assert refusal.value.code == "recording-returned"
    assert (await send_voice(other, passages)).status_code == 303


async def test_a_voice_over_a_text_that_changed_is_refused(console_site: ConsoleSite) -> None:
    speaker, other = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "fanta")
    passages = (await speaker.get("/translations/bm/voice")).text.count("<li lang")
    await send_voice(speaker, passages)
    await approve_change(console_site, "guide:compte:fr", body="Choisissez un long code.")
    late = await other.decide("/translations/bm/listening/decide", {"speaks": "compte", "slug": "compte"})
    assert late.status_code == 422
    assert "Le texte a changé" in late.text


async def test_a_new_translation_takes_no_voice_from_its_original(console_site: ConsoleSite) -> None:
    speaker, other = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "fanta")
    passages = (await speaker.get("/translations/bm/voice")).text.count("<li lang")
    await send_voice(speaker, passages)
    await other.decide("/translations/bm/listening/decide", {"speaks": "compte", "slug": "compte"})
    await save_steps(speaker, **WORDS)
    work = await console_site.site.services.workspace.get_work("guide:compte:bm")
    value: dict[str, Any] = dict(work.fields)
    assert "spoken" not in value
    assert value["topics"] == ["comptes"]
    assert isinstance(work.fields["sources"], list)
