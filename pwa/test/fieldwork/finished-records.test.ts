/** A finished record stays readable until it is received, and becomes a draft again only while nobody else can have it. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { encodeUtf8 } from "../../src/crypto/bytes";
import { encrypt } from "../../src/crypto/local-encryption";
import { OpeningKey } from "../../src/crypto/private-sealing-key";
import { createBundles } from "../../src/fieldwork/bundle-exchange";
import { OpenDraft, readDraft } from "../../src/fieldwork/drafts";
import { readRecord, readRecordFile, reopenRecord } from "../../src/fieldwork/finished-records";
import { canReopen, readPayload } from "../../src/fieldwork/outbox-payload";
import { removeEntry } from "../../src/fieldwork/removal";
import { ensurePhoneKey } from "../../src/fieldwork/vault";
import { postBackgroundRequests } from "../../src/sw/background-send";
import { FakeInbox } from "../support/fake-inbox";
import { TestKey } from "../support/fake-publisher";
import { FieldworkPhone, TIME, payloadText, smallForm } from "../support/phone-with-fieldwork";

const PHOTO = new Uint8Array([255, 216, 255, 1, 2, 3]);
let inbox: FakeInbox;
let phone: FieldworkPhone;

beforeEach(async () => {
  inbox = new FakeInbox("exemple.ml", await TestKey.make());
  phone = await FieldworkPhone.make(inbox);
  await phone.enrol();
});

async function finished(id: string) {
  const entry = await phone.fieldwork.outboxEntry(id);
  assert(entry);
  return entry;
}

describe("a finished record", () => {
  it("is read with its photo, and its form's text stays with it until it is received", async () => {
    const { id } = await phone.fill(smallForm(), { mot: "à relire" }, PHOTO);
    const entry = await finished(id);
    const record = await readRecord(phone.fieldwork, smallForm(), entry);
    assert.deepEqual(record?.answers, { mot: "à relire", photo: { file: "0" } });
    assert(record);
    const photo = await readRecordFile(phone.fieldwork, record, "0");
    assert.deepEqual(new Uint8Array(photo?.bytes ?? new ArrayBuffer(0)), PHOTO);
    assert(await phone.fieldwork.formText(entry.version ?? ""));
    await phone.sendUntilDone();
    const received = await finished(id);
    assert.equal(received.state, "received");
    assert.equal(await readRecord(phone.fieldwork, smallForm(), received), null);
    assert.equal(await phone.fieldwork.formText(entry.version ?? ""), undefined);
  });

  it("is reopened with its photo and finished under a new id; the first is never sent", async () => {
    const { id } = await phone.fill(smallForm(), { mot: "une faute" }, PHOTO);
    const record = await readRecord(phone.fieldwork, smallForm(), await finished(id));
    assert(record && canReopen(record.entry));
    const draft = await reopenRecord(phone.fieldwork, phone.vault, record, TIME.today);
    assert(draft);
    assert.equal(await phone.fieldwork.outboxEntry(id), undefined);
    const content = await readDraft(phone.vault, draft);
    assert.deepEqual(content?.answers, { mot: "une faute", photo: { file: "0" } });
    const open = new OpenDraft(phone.fieldwork, phone.vault, draft, undefined);
    assert.deepEqual(new Uint8Array((await open.attachment("0"))?.bytes ?? new ArrayBuffer(0)), PHOTO);
    const second = await phone.fill(smallForm(), { mot: "sans faute" });
    assert.notEqual(second.id, id);
    await phone.sendUntilDone();
    assert.deepEqual([...inbox.submissions.keys()], [second.id]);
  });

  it("stays as it is once a request with it was begun, even if no answer came", async () => {
    const { id } = await phone.fill(smallForm(), { mot: "parti" });
    const record = await readRecord(phone.fieldwork, smallForm(), await finished(id));
    assert(record);
    inbox.faults.push({ kind: "lost" });
    await phone.send();
    assert.equal(canReopen(await finished(id)), false);
    assert.equal(await reopenRecord(phone.fieldwork, phone.vault, record, TIME.today), null);
    assert(await phone.fieldwork.outboxEntry(id));
  });

  it("stays as it is once it was given in a file", async () => {
    const { id } = await phone.fill(smallForm(), { mot: "donné" });
    const record = await readRecord(phone.fieldwork, smallForm(), await finished(id));
    assert(record);
    await createBundles(phone.fieldwork, inbox.site, TIME.today, [record.entry], [], false);
    assert.equal(canReopen(await finished(id)), false);
    assert.equal(await reopenRecord(phone.fieldwork, phone.vault, record, TIME.today), null);
  });

  it("stays as it is while the worker posts it, and else takes the worker's request with it", async () => {
    const { id } = await phone.fill(smallForm(), { mot: "en route" });
    const record = await readRecord(phone.fieldwork, smallForm(), await finished(id));
    assert(record);
    const request = { shut: await encrypt(await ensurePhoneKey(phone.fieldwork), encodeUtf8("{}")), headers: {} };
    await phone.fieldwork.saveBackgroundRequests([request]);
    assert(await reopenRecord(phone.fieldwork, phone.vault, record, TIME.today));
    assert.deepEqual(await phone.fieldwork.backgroundRequests(), []);
    const other = await phone.fill(smallForm(), { mot: "en route aussi" });
    const next = await readRecord(phone.fieldwork, smallForm(), await finished(other.id));
    assert(next);
    await phone.fieldwork.saveBackgroundRequests([request]);
    const fetched = globalThis.fetch;
    globalThis.fetch = () => Promise.reject(new TypeError("the answer was lost"));
    await assert.rejects(postBackgroundRequests());
    globalThis.fetch = fetched;
    await phone.fieldwork.saveBackgroundRequests([]); // a page that was opened without a network prepares none
    assert.equal(await reopenRecord(phone.fieldwork, phone.vault, next, TIME.today), null);
  });

  it("does not leave once it was removed or reopened, though a list still holds it", async () => {
    const first = await phone.fill(smallForm(), { mot: "enlevé" });
    await phone.fieldwork.saveBackgroundRequests([{ shut: first.shut, headers: {} }]);
    await removeEntry(phone.fieldwork, first, phone.now);
    assert.deepEqual(await phone.fieldwork.backgroundRequests(), [], "the worker has nothing of it");
    const [bundle] = await createBundles(phone.fieldwork, inbox.site, TIME.today, [first], [], false);
    assert.equal(bundle?.count, 0);
  });

  it("has a face on this phone alone, and none that tells answers when it is sealed", async () => {
    const face = { name: "Zeinabou", place: "Kayes", moment: "2026-11-24T08:00", answered: 1, asked: 2 };
    const keys = await Promise.all([OpeningKey.generate(), OpeningKey.generate()]);
    const [key, recovery] = await Promise.all(keys.map(OpeningKey.read));
    assert(key && recovery);
    const sealing = { sealingKey: key.public_, recoveryKey: recovery.public_ };
    const plain = await phone.fill(smallForm(), { mot: "visage" }, undefined, {}, face);
    const sealed = await phone.fill(smallForm({ sealed: true }), { mot: "visage" }, undefined, sealing, face);
    assert.deepEqual((await readPayload(phone.fieldwork, plain)).face, face);
    assert.deepEqual((await readPayload(phone.fieldwork, sealed)).face, { ...face, name: "", place: "" });
    assert.equal(await readRecord(phone.fieldwork, smallForm({ sealed: true }), sealed), null);
    for (const entry of [plain, sealed])
      assert.equal((await payloadText(await phone.sendContext(), entry)).includes(face.name), false);
  });
});
