/** A draft is saved, encrypted, as it is written, with the form that it was begun with; an exercise is not saved. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { StorageFull } from "../../src/db/store-contract";
import { OpenDraft, PracticeDraft, createDraft, readDraft } from "../../src/fieldwork/drafts";
import { FakeInbox } from "../support/fake-inbox";
import { TestKey } from "../support/fake-publisher";
import { FieldworkPhone } from "../support/phone-with-fieldwork";

const DAY = "2026-11-24";
const FORM = { form: "essai", title: "Essai", version: "v".repeat(43), lang: "fr", recovery: "", text: "{}" };
const PHOTO = { bytes: new Uint8Array([1, 2, 3]).buffer, type: "image/jpeg" };

let phone: FieldworkPhone;
let draft: OpenDraft;

beforeEach(async () => {
  phone = await FieldworkPhone.make(new FakeInbox("exemple.ml", await TestKey.make()));
  draft = createDraft(phone.fieldwork, phone.vault, FORM, DAY);
});

const content = (mot: string) => ({ answers: { mot }, at: "mot" });

async function savedContent() {
  const saved = await phone.fieldwork.draft(draft.id);
  return saved && (await readDraft(phone.vault, saved));
}

describe("a draft", () => {
  it("leaves nothing before its first save", async () => {
    assert.deepEqual(await phone.fieldwork.drafts(), []);
    assert.equal(await phone.fieldwork.formText(FORM.version), undefined);
  });

  it("keeps its answers, its screen, its form and its day", async () => {
    await draft.save(content("un"), "2026-11-26");
    assert.deepEqual(await savedContent(), content("un"));
    assert.equal(await phone.fieldwork.formText(FORM.version), "{}");
    const saved = await phone.fieldwork.draft(draft.id);
    assert.deepEqual([saved?.begun, saved?.changed, saved?.title], [DAY, "2026-11-26", "Essai"]);
  });

  it("keeps the last of many saves, whichever is awaited", async () => {
    const saves = ["un", "deux", "trois"].map((mot) => draft.save(content(mot), DAY));
    await saves[0];
    await Promise.all(saves);
    assert.deepEqual(await savedContent(), content("trois"));
  });

  it("reports a full disk, and is saved by the next save", async () => {
    const { saveDraft } = phone.fieldwork;
    phone.fieldwork.saveDraft = () => Promise.reject(new StorageFull());
    await assert.rejects(draft.save(content("un"), DAY), StorageFull);
    phone.fieldwork.saveDraft = saveDraft;
    await draft.save(content("deux"), DAY);
    assert.deepEqual(await savedContent(), content("deux"));
    assert.equal(await phone.fieldwork.formText(FORM.version), "{}");
  });

  it("keeps attachments until they are detached", async () => {
    await draft.save(content("un"), DAY);
    const key = await draft.attach(PHOTO);
    assert.deepEqual(await draft.attachment(key), PHOTO);
    await draft.detach(key);
    assert.equal(await draft.attachment(key), null);
  });

  it("is dropped with its attachments, after the save in progress", async () => {
    await draft.attach(PHOTO);
    const saving = draft.save(content("un"), DAY);
    await draft.drop();
    await saving;
    assert.deepEqual(await phone.fieldwork.drafts(), []);
    assert.equal((await phone.fieldwork.filesOf(draft.id)).size, 0);
  });

  it("is opened again on the next page with the same id", async () => {
    await draft.save(content("un"), DAY);
    const saved = await phone.fieldwork.draft(draft.id);
    assert(saved);
    const reopened = new OpenDraft(phone.fieldwork, phone.vault, saved, undefined);
    await reopened.save(content("deux"), DAY);
    assert.equal((await phone.fieldwork.drafts()).length, 1);
    assert.deepEqual(await savedContent(), content("deux"));
  });
});

describe("an exercise", () => {
  it("keeps attachments for the page, and writes nothing", async () => {
    const practice = new PracticeDraft();
    await practice.save();
    const key = await practice.attach(PHOTO);
    assert.deepEqual(await practice.attachment(key), PHOTO);
    await practice.detach(key);
    assert.equal(await practice.attachment(key), null);
    assert.deepEqual(await phone.fieldwork.drafts(), []);
  });
});
