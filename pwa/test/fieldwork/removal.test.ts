/** Removed forms that are not received come back for a day, are not sent meanwhile, and then are gone. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { createDraft } from "../../src/fieldwork/drafts";
import {
  UNDO_TIME,
  purgeRemoved,
  removeDraft,
  removeEntry,
  restoreDraft,
  restoreEntry,
} from "../../src/fieldwork/removal";
import { FakeInbox } from "../support/fake-inbox";
import { TestKey } from "../support/fake-publisher";
import { FieldworkPhone, smallForm } from "../support/phone-with-fieldwork";

let inbox: FakeInbox;
let phone: FieldworkPhone;

beforeEach(async () => {
  inbox = new FakeInbox("exemple.ml", await TestKey.make());
  phone = await FieldworkPhone.make(inbox);
  await phone.enrol();
});

describe("a finished form that is removed", () => {
  it("is not sent, and can be restored and sent within a day", async () => {
    const entry = await phone.fill(smallForm(), { mot: "gardé" });
    await removeEntry(phone.fieldwork, entry, phone.now);
    await phone.send();
    assert.equal(inbox.submissions.size, 0);
    await purgeRemoved(phone.fieldwork, phone.now + UNDO_TIME - 1);
    await restoreEntry(phone.fieldwork, entry.id);
    assert.deepEqual(await phone.fieldwork.outboxEntry(entry.id), entry);
    await phone.send();
    assert.equal(inbox.submissions.size, 1);
  });

  it("is gone after a day, but not by a clock that went back", async () => {
    const entry = await phone.fill(smallForm(), { mot: "x" });
    await removeEntry(phone.fieldwork, entry, phone.now);
    await purgeRemoved(phone.fieldwork, phone.now - 400 * UNDO_TIME);
    assert((await phone.fieldwork.outboxEntry(entry.id))?.removed);
    await purgeRemoved(phone.fieldwork, phone.now + UNDO_TIME + 1);
    assert.equal(await phone.fieldwork.outboxEntry(entry.id), undefined);
  });

  it("is gone at once when headquarters has it", async () => {
    const entry = await phone.fill(smallForm(), { mot: "x" });
    await removeEntry(phone.fieldwork, { ...entry, state: "received" }, phone.now);
    assert.equal(await phone.fieldwork.outboxEntry(entry.id), undefined);
  });
});

describe("a draft that is removed", () => {
  it("comes back as it was, or goes after a day", async () => {
    const form = { form: "essai", title: "Essai", version: "v", lang: "fr", recovery: "", text: "{}" };
    await createDraft(phone.fieldwork, phone.vault, form, "2026-11-24").save(
      { answers: { mot: "à moitié" }, at: "" },
      "2026-11-24",
    );
    const [draft] = await phone.fieldwork.drafts();
    assert(draft);
    await removeDraft(phone.fieldwork, draft, phone.now);
    const [removed] = await phone.fieldwork.drafts();
    assert(removed?.removed);
    await restoreDraft(phone.fieldwork, removed);
    assert.deepEqual(await phone.fieldwork.drafts(), [draft]);
    await removeDraft(phone.fieldwork, draft, phone.now);
    await purgeRemoved(phone.fieldwork, phone.now + UNDO_TIME + 1);
    assert.deepEqual(await phone.fieldwork.drafts(), []);
  });
});
