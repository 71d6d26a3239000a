/** A finished form moves from the drafts to the outbox in one write, or stays a draft with the reason. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { openSeal } from "../../src/console/sealing/open-seal";
import { encryptText } from "../../src/crypto/local-encryption";
import { OpeningKey } from "../../src/crypto/private-sealing-key";
import { verifier } from "../../src/crypto/signature-verifier";
import type { FinishRequest } from "../../src/fieldwork/finish-form";
import { finishForm } from "../../src/fieldwork/finish-form";
import { FormState } from "../../src/protocol/form-state";
import { MAX_ATTACHMENT_BYTES, MAX_SUBMISSION_BYTES, signedText } from "../../src/protocol/submission";
import { parseSubmission } from "../../src/protocol/submission-reader";
import { FakeInbox } from "../support/fake-inbox";
import { TestKey } from "../support/fake-publisher";
import { FieldworkPhone, TIME, payloadText, smallForm } from "../support/phone-with-fieldwork";

let inbox: FakeInbox;
let phone: FieldworkPhone;

beforeEach(async () => {
  inbox = new FakeInbox("exemple.ml", await TestKey.make());
  phone = await FieldworkPhone.make(inbox);
});

/** Finishes `form` with these answers and this one photo, without a draft. */
function finish(
  form = smallForm(),
  mot = "sɛnɛ",
  photo?: Uint8Array<ArrayBuffer> | null,
  more: Partial<FinishRequest> = {},
) {
  const formState = new FormState(form, photo === undefined ? { mot } : { mot, photo: { file: "clé" } }, TIME);
  formState.recompute();
  return finishForm({
    fieldwork: phone.fieldwork,
    formState,
    destination: { site: inbox.site, version: "v".repeat(43), sealingKey: "", recoveryKey: "" },
    lang: "fr",
    title: "Essai",
    draft: undefined,
    attachment: async () => (photo ? { bytes: photo.buffer, type: "image/jpeg" } : null),
    notBefore: 0,
    ...more,
  });
}

describe("a finished form", () => {
  it("waits in the outbox, and its draft is gone", async () => {
    await phone.enrol();
    const entry = await phone.fill(smallForm(), { mot: "sɛnɛ" }, new Uint8Array([1, 2, 3]));
    assert.deepEqual(await phone.fieldwork.drafts(), []);
    assert.deepEqual(await phone.fieldwork.outbox(), [entry]);
    assert.deepEqual([entry.state, entry.day, entry.title, entry.public], ["waiting", TIME.today, "Essai", false]);
    assert(await phone.fieldwork.outboxFile(entry.id, 0));
  });

  it("has the digest of its exact text as id, and the device's signature over it", async () => {
    await phone.enrol();
    const entry = await finish();
    assert(typeof entry === "object");
    const text = await payloadText(await phone.sendContext(), entry);
    assert.equal(await verifier.digest(text), entry.id);
    const { device } = JSON.parse(text) as { device: string };
    const [line] = (await phone.send()).kind === "done" ? (inbox.requests[inbox.requests.length - 1]?.lines ?? []) : [];
    const { signature } = JSON.parse(line ?? "{}") as { signature: string };
    assert(await verifier.verify(inbox.devices.get(device) ?? "", signedText(inbox.site, entry.id), signature));
  });

  it("is never the same submission twice, with the same answers", async () => {
    await phone.enrol();
    const entries = [await finish(), await finish()];
    assert.equal(new Set(entries.map((entry) => (typeof entry === "object" ? entry.id : entry))).size, 2);
  });

  it("names its attachments by digest, length and type, in the form's order", async () => {
    await phone.enrol();
    const photo = new Uint8Array([1, 2, 3]);
    const entry = await finish(smallForm(), "x", photo);
    assert(typeof entry === "object");
    const { files } = JSON.parse(await payloadText(await phone.sendContext(), entry)) as { files: unknown[][] };
    assert.deepEqual(
      files.map(([, bytes, type]) => [bytes, type]),
      [[3, "image/jpeg"]],
    );
  });

  it("is sealed for itself alone, with its attachment", async () => {
    await phone.enrol();
    const keys = [await OpeningKey.generate(), await OpeningKey.generate()];
    const [key, recovery] = await Promise.all(keys.map(OpeningKey.read));
    assert(key && recovery);
    const destination = { site: inbox.site, version: "v".repeat(43) };
    const sealed = { destination: { ...destination, sealingKey: key.public_, recoveryKey: recovery.public_ } };
    const photo = new Uint8Array([1, 2, 3]);
    const entry = await finish(smallForm({ sealed: true }), "kɛnɛ", photo, sealed);
    assert(typeof entry === "object");
    const submission = parseSubmission(await payloadText(await phone.sendContext(), entry));
    assert(typeof submission === "object", "a node receives it");
    for (const opener of [key, recovery]) {
      const opened = await openSeal(opener, submission);
      assert(opened?.isBound);
      assert.deepEqual((JSON.parse(opened.plaintext) as { answers: unknown }).answers, { mot: "kɛnɛ", photo: 0 });
    }
    assert.equal(await openSeal(key, { ...submission, answer: "a".repeat(43) }), null);
  });

  it("for the public names no device and is not signed", async () => {
    await phone.enrol();
    const entry = await finish(smallForm({ audience: "public" }));
    assert(typeof entry === "object" && entry.public);
    const text = await payloadText(await phone.sendContext(), entry);
    assert(!("device" in (JSON.parse(text) as object)));
  });
});

describe("a form that cannot be finished", () => {
  const failures: Record<string, () => Promise<unknown>> = {
    "cannot-seal": () => finish(smallForm({ sealed: true, audience: "public" })),
    "attachment-lost": () => finish(smallForm({ audience: "public" }), "x", null),
    "too-large": () => finish(smallForm({ audience: "public" }), "x", new Uint8Array(MAX_ATTACHMENT_BYTES + 1)),
    "not-enrolled": () => finish(),
  };
  for (const [failure, attempt] of Object.entries(failures))
    it(`(${failure}) leaves the outbox empty`, async () => {
      assert.equal(await attempt(), failure);
      assert.deepEqual(await phone.fieldwork.outbox(), []);
    });

  it("is too large with answers beyond the limit", async () => {
    const names = Array.from({ length: 40 }, (_, index) => `q${index}`);
    const items = names.map((q) => ({ q, type: "text" as const, label: { fr: q } }));
    const form = smallForm({ audience: "public", items });
    const answer = "ɛ".repeat(MAX_SUBMISSION_BYTES / 2 / names.length);
    const formState = new FormState(form, Object.fromEntries(names.map((q) => [q, answer])), TIME);
    formState.recompute();
    assert.equal(await finish(form, "", undefined, { formState }), "too-large");
  });

  it("stays a draft where the disk is full", async () => {
    const key = (await phone.sendContext()).phoneKey;
    const draft = {
      ...{ id: "d", form: "essai", title: "Essai", version: "v".repeat(43), lang: "fr", recovery: "" },
      ...{ begun: TIME.today, changed: TIME.today, lock: "phone" as const, shut: await encryptText(key, "{}") },
    };
    await phone.fieldwork.saveDraft(draft, "{}");
    phone.fieldwork.moveToOutbox = () => Promise.reject(new Error("full"));
    await assert.rejects(finish(smallForm({ audience: "public" }), "x", undefined, { draft: "d" }), /full/);
    assert.equal((await phone.fieldwork.drafts()).length, 1);
  });
});
