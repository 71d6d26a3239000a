/** A waiting form arrives once, sent or carried, and leaves the phone when headquarters has signed for it. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { createReceiptsBundle, importBundle } from "../../src/fieldwork/bundle-exchange";
import { isRefusal } from "../../src/protocol/refusal";
import { requestAnswer, withdraw } from "../../src/send/replies-and-withdrawals";
import { Sender } from "../../src/send/send-outbox";
import { FakeInbox } from "../support/fake-inbox";
import { TestKey } from "../support/fake-publisher";
import { createBundle } from "../support/one-bundle";
import { FieldworkPhone, smallForm } from "../support/phone-with-fieldwork";

const SITE = "exemple.ml";
const FORM = smallForm();
const PUBLIC = smallForm({ audience: "public", form: "rumeur" });

function photo(bytes: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: bytes }, (_, at) => (at * 2654435761) >>> 24);
}

let inbox: FakeInbox;
let phone: FieldworkPhone;

beforeEach(async () => {
  inbox = new FakeInbox(SITE, await TestKey.make());
  phone = await FieldworkPhone.make(inbox);
  assert.equal(await phone.enrol(), "");
});

describe("sending the outbox", () => {
  it("brings a receipt, and leaves nothing of the answers", async () => {
    const { id, code } = await phone.fill(FORM, { mot: "sɛnɛ" });
    assert.match(code, /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    assert.deepEqual(await phone.send(), { kind: "done", received: 1 });
    const entry = await phone.fieldwork.outboxEntry(id);
    assert.equal(entry?.state, "received");
    assert.deepEqual(entry?.receipt?.slice(0, 2), ["2026-11-25", 1]);
    assert.deepEqual(JSON.parse(inbox.submissions.get(id)?.text ?? "").answers, { mot: "sɛnɛ" });
    assert.deepEqual(await phone.fieldwork.drafts(), []);
    assert.deepEqual(await phone.send(), { kind: "done", received: 0 });
  });

  it("survives any cut: every form once, every photo whole", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 6; index++)
      ids.push((await phone.fill(FORM, { mot: `parole ${index}` }, photo(100_000 + index * 7_000))).id);
    for (let index = 0; index < 40; index++)
      inbox.faults.push(
        index % 3 === 0
          ? { kind: "lost" }
          : index % 3 === 1
            ? { kind: "cut", after: index * 11 }
            : { kind: "status", status: 503 },
      );
    await phone.sendUntilDone();
    assert.deepEqual([...inbox.submissions.keys()].sort(), [...ids].sort());
    for (const { files } of inbox.submissions.values())
      for (const [digest, bytes] of files) assert.equal((await inbox.file(digest))?.length, bytes);
    assert((await phone.fieldwork.outbox()).every(({ state }) => state === "received"));
    assert.equal(await phone.fieldwork.outboxFile(ids[0] as string, 0), undefined);
  });

  it("goes on where a photo was cut, piece by piece", async () => {
    await phone.fill(FORM, { mot: "x" }, photo(400_000));
    inbox.faults.push({ kind: "cut", after: 1_000 }, { kind: "cut", after: 1_000 }, { kind: "lost" });
    await phone.sendUntilDone();
    const pieces = inbox.requests.flatMap(({ lines }) => lines.filter((line) => line.startsWith('{"file"'))).length;
    assert(pieces <= 9 + 1, `${pieces} pieces for 9`);
  });

  it("believes no receipt that headquarters did not sign", async () => {
    inbox.receiptKey = await TestKey.make();
    const { id } = await phone.fill(FORM, { mot: "x" });
    assert.deepEqual(await phone.send(), { kind: "done", received: 0 });
    const entry = await phone.fieldwork.outboxEntry(id);
    assert.equal(entry?.stuck?.code, "receipt-false");
    assert.notEqual(entry?.state, "received");
    inbox.receiptKey = inbox.key;
    (inbox.submissions.get(id) as { receipt: unknown }).receipt = null;
    const bundle = await createBundle(phone.fieldwork, SITE, "2026-11-24", [entry as never], [], false);
    assert.equal(bundle.count, 1, "its bytes are still here");
  });

  it("keeps a refused form with the reason", async () => {
    inbox.devices.clear();
    const { id } = await phone.fill(FORM, { mot: "x" });
    await phone.send();
    const entry = await phone.fieldwork.outboxEntry(id);
    assert.equal(entry?.state, "refused");
    assert.deepEqual(entry?.stuck, { code: "device-unknown", sentence: "Inconnu." });
    const requestCount = inbox.requests.length;
    await phone.send();
    assert.equal(inbox.requests.length, requestCount, "it is not sent again by itself");
  });

  it("waits as long as it is asked to", async () => {
    const { id } = await phone.fill(FORM, { mot: "x" });
    inbox.faults.push({ kind: "verdict", verdict: { verdict: "later", code: "quota", seconds: 600 } });
    await phone.send();
    assert.equal((await phone.fieldwork.outboxEntry(id))?.stuck?.code, "quota");
    phone.now += 599_000;
    await phone.send();
    assert.equal(inbox.submissions.size, 0);
    phone.now += 2_000;
    await phone.send();
    assert.equal(inbox.submissions.size, 1);
  });

  it("shows who carries it, until headquarters signs", async () => {
    inbox.carrier = "Hub de Kayes";
    const { id } = await phone.fill(FORM, { mot: "x" });
    await phone.send();
    assert.deepEqual(
      [(await phone.fieldwork.outboxEntry(id))?.state, (await phone.fieldwork.outboxEntry(id))?.carrier],
      ["carried", "Hub de Kayes"],
    );
    (inbox.submissions.get(id) as { receipt: unknown }).receipt = [
      "2026-11-26",
      1,
      await inbox.key.sign(`["kunnafoni-receipt/1","${SITE}","${id}","2026-11-26"]`),
    ];
    await phone.send();
    assert.equal((await phone.fieldwork.outboxEntry(id))?.state, "received");
  });
});

describe("enrolment", () => {
  it("is not lost with its answer", async () => {
    const other = new FakeInbox(SITE, inbox.key);
    const fresh = await FieldworkPhone.make(other);
    other.faults.push({ kind: "cut", after: 5 });
    assert.equal(await fresh.enrol(), "network");
    assert.equal(await fresh.enrol(), "");
    assert.equal(other.devices.size, 1);
    const device = await fresh.fieldwork.setting("device");
    assert.equal(device?.name, "Awa");
    assert.equal(device?.secret.extractable, false);
  });

  it("reports the error of a code", async () => {
    assert.equal(await (await FieldworkPhone.make(inbox)).enrol("ZZZZZZZZZZ"), "code-unknown");
    assert.equal(await (await FieldworkPhone.make(inbox)).enrol(), "code-used");
  });
});

describe("a report without a device", () => {
  it("goes alone and names nobody", async () => {
    const report = await phone.fill(PUBLIC, { mot: "on dit que" });
    await phone.fill(PUBLIC, { mot: "encore" });
    await phone.fill(FORM, { mot: "signé" });
    assert.deepEqual(await phone.send(), { kind: "done", received: 1 });
    assert.deepEqual(await new Sender(await phone.sendContext()).sendReport(report), { kind: "done", received: 1 });
    const { lines, headers } = inbox.requests[inbox.requests.length - 1] as (typeof inbox.requests)[number];
    assert.equal(lines.length, 1);
    assert.deepEqual(Object.keys(JSON.parse(lines[0] as string)), ["submission"]);
    assert.deepEqual([...headers.keys()], ["content-encoding", "content-type"]);
    const submission = JSON.parse(inbox.submissions.get(report.id)?.text ?? "") as Record<string, unknown>;
    assert.deepEqual(Object.keys(submission).sort(), [
      "answer",
      "answers",
      "day",
      "form",
      "lang",
      "nonce",
      "place",
      "site",
      "v",
      "version",
    ]);
  });

  it("gets its answer, and can be withdrawn by its sender alone", async () => {
    const report = await phone.fill(PUBLIC, { mot: "pourquoi ?" });
    await new Sender(await phone.sendContext()).sendReport(report);
    const sent = async () => (await phone.fieldwork.outboxEntry(report.id)) as never;
    assert.equal(await requestAnswer(await phone.sendContext(), await sent(), () => 0), "none");
    inbox.answers.set(report.id, { text: "Parce que.", lang: "fr", date: "2026-11-27" });
    assert.equal(await requestAnswer(await phone.sendContext(), await sent(), () => 0), "answer");
    assert.equal((await phone.fieldwork.outboxEntry(report.id))?.answer?.text, "Parce que.");
    assert.equal(await withdraw(await phone.sendContext(), await sent()), "withdrawn");
    assert.equal(inbox.submissions.size, 0);
    assert.deepEqual(await phone.fieldwork.outbox(), []);
  });
});

describe("bundles from hand to hand", () => {
  const reader = (phone: FieldworkPhone) => ({
    fieldwork: phone.fieldwork,
    site: SITE,
    day: "2026-11-25",
    keyOfEpoch: (epoch: number) => (epoch === 1 ? inbox.key.public_ : undefined),
  });

  it("two couriers count once, one altered is refused, receipts come home", async () => {
    const first = await phone.fill(FORM, { mot: "un" }, photo(60_000));
    const second = await phone.fill(FORM, { mot: "deux" });
    const wholeBundle = await createBundle(
      phone.fieldwork,
      SITE,
      "2026-11-24",
      await phone.fieldwork.outbox(),
      ["À porter."],
      false,
    );
    const partialBundle = await createBundle(phone.fieldwork, SITE, "2026-11-24", [second], [], false);
    assert.match(wholeBundle.name, /^kunnafoni-2026-11-24-2\.txt$/);
    const [ali, binta] = [await FieldworkPhone.make(inbox), await FieldworkPhone.make(inbox)];
    assert.deepEqual(await importBundle(reader(ali), wholeBundle.text), { kind: "carried", count: 2 });
    assert.deepEqual(
      await importBundle(reader(ali), wholeBundle.text),
      { kind: "carried", count: 0 },
      "the same file again adds nothing",
    );
    assert.deepEqual(await importBundle(reader(binta), partialBundle.text), { kind: "carried", count: 1 });
    for (const courier of [ali, binta, ali]) await courier.sendUntilDone(3);
    assert.deepEqual([...inbox.submissions.keys()].sort(), [first.id, second.id].sort());
    assert.equal((await ali.fieldwork.carried()).size, 0);
    const back = await createReceiptsBundle(ali.fieldwork, SITE, "2026-11-26", []);
    assert.deepEqual(await importBundle(reader(phone), back.text), { kind: "receipts", count: 2 });
    assert((await phone.fieldwork.outbox()).every(({ state }) => state === "received"));
  });

  it("a courier who changes a word is refused by the signature, and the true one still arrives", async () => {
    const { id } = await phone.fill(FORM, { mot: "vrai" });
    const entry = await phone.fieldwork.outbox();
    const thief = await FieldworkPhone.make(inbox);
    await importBundle(reader(thief), (await createBundle(phone.fieldwork, SITE, "2026-11-24", entry, [], false)).text);
    const context = await thief.sendContext();
    const pack = async (text: string) => ({ body: text.replace("vrai", "faux"), headers: {} });
    await new Sender({ ...context, compress: pack }).sendAll();
    assert.equal(inbox.submissions.size, 0);
    await phone.send();
    assert.deepEqual([...inbox.submissions.keys()], [id]);
  });

  it("a damaged bundle, or one of another site, changes nothing", async () => {
    const code = async (text: string): Promise<string> => {
      const outcome = await importBundle(reader(phone), text);
      return isRefusal(outcome) ? outcome.refused : "";
    };
    const good = (
      await createBundle(phone.fieldwork, SITE, "2026-11-24", [await phone.fill(FORM, { mot: "x" })], [], false)
    ).text;
    assert.equal(await code("Bonjour"), "bundle-malformed");
    assert.equal(await code(good.replace("bundle/1", "bundle/9")), "version-unknown");
    assert.equal(await code(good.replace(SITE, "autre.ml")), "other-site");
    assert.equal(await code(good.slice(0, -20)), "bundle-malformed");
    assert.equal(await code(good.replace(/\n/g, "\r\n\r\n")), "", "mail may break lines anew");
    assert.equal((await phone.fieldwork.carried()).size, 0, "one's own are left aside");
  });
});

describe("requests that the worker posts without a page", () => {
  it("arrives once, photos too, and the next page knows", async () => {
    const { id } = await phone.fill(FORM, { mot: "la nuit" }, photo(120_000));
    await phone.fill(PUBLIC, { mot: "jamais avec les autres" });
    const requests = await new Sender(await phone.sendContext()).prepareBackgroundRequests();
    assert(requests.every((text) => !text.includes("jamais")));
    const answers: string[] = [];
    for (const body of requests) answers.push(await (await inbox.fetch("/inbox", { method: "POST", body })).text());
    const requestCount = inbox.requests.length;
    await new Sender(await phone.sendContext()).applyBackgroundResponses(answers);
    assert.equal((await phone.fieldwork.outboxEntry(id))?.state, "received");
    assert.equal(inbox.requests.length, requestCount, "without asking again");
    assert.deepEqual([...inbox.submissions.keys()], [id]);
  });
});
