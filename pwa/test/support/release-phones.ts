/** Makes the phones that a release leaves behind: `node release.mjs ADDRESS CODE CODE FOLDER`, run by tests/tools/make_release.py.
 *
 * One phone with everything that the app keeps (`phone.json`), one whose first download was cut (`phone-cut.json`), through the app's own
 * code against a real server. Its last line of output is JSON: their content, and what they sent.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { IDBFactory } from "fake-indexeddb";
import { digestBytes } from "../../src/crypto/bytes";
import { decryptText, encryptText } from "../../src/crypto/local-encryption";
import { verifier } from "../../src/crypto/signature-verifier";
import type { FieldworkStore, OutboxEntry, SubmissionPayload } from "../../src/db/fieldwork-contract";
import { openFieldworkStore } from "../../src/db/fieldwork-store";
import { importBundle } from "../../src/fieldwork/bundle-exchange";
import { createDraft } from "../../src/fieldwork/drafts";
import { finishForm } from "../../src/fieldwork/finish-form";
import { Vault, ensurePhoneKey } from "../../src/fieldwork/vault";
import { createNetwork } from "../../src/net/network";
import type { Answers } from "../../src/protocol/answers";
import { parseStatement } from "../../src/protocol/edition-statement";
import { readForm } from "../../src/protocol/form";
import { FormState } from "../../src/protocol/form-state";
import { isRefusal } from "../../src/protocol/refusal";
import { prepareKeptIndex } from "../../src/search/build-index";
import { enrol } from "../../src/send/enrol";
import { type SendContext, Sender } from "../../src/send/send-outbox";
import { dump, makeKeysExtractable } from "./indexeddb-snapshot";
import { createBundle } from "./one-bundle";
import { type Fetch, Phone } from "./phone-with-store";

const [address = "", first = "", second = "", folder = ""] = process.argv.slice(2);
const CHANNEL = "fr-ML";
const PIN = "2468";
const NOW = new Date().toISOString();
const TIME = { today: NOW.slice(0, 10), now: NOW.slice(0, 16) };
const WORD = "Le puits de kɛnɛba est à sec";
const PHOTO = Uint8Array.from({ length: 70_000 }, (_, at) => (at * at + (at >> 3)) & 255); // three pieces

const fetchSite: Fetch = (path, init) => fetch(address + path, init);
const network = createNetwork({ fetch: fetchSite, onEnd: () => undefined, onServerTime: () => undefined });
const deadNetwork = createNetwork({
  fetch: () => Promise.reject(new TypeError("no network")),
  onEnd: () => undefined,
  onServerTime: () => undefined,
});

class Person {
  private constructor(
    readonly phone: Phone,
    readonly fieldwork: FieldworkStore,
    readonly vault: Vault,
    private readonly site: string,
    private readonly sealingKey: string,
  ) {}

  static async make(): Promise<Person> {
    const phone = await Phone.make(fetchSite, CHANNEL);
    assert.equal((await phone.pullUntilFinal()).kind, "head");
    const fieldwork = openFieldworkStore();
    const statement = parseStatement((await phone.store.holding(CHANNEL))?.whole?.statement ?? "");
    assert(!isRefusal(statement));
    return new Person(phone, fieldwork, await Vault.open(fieldwork), statement.site, statement.sealingKey);
  }

  async enrol(code: string): Promise<void> {
    assert.equal((await enrol(this.fieldwork, network, this.site, code)).kind, "enrolled");
  }

  /** A draft of a form of the edition. */
  async write(slug: string, answers: Answers, photo?: string) {
    const page = (await this.phone.body(`forms/${slug}`)) ?? "";
    const data = (name: string) => new RegExp(`\\bdata-${name}=["']?([\\w-]+)`).exec(page)?.[1] ?? "";
    const [version, recovery] = [data("version"), data("recovery")];
    let text = partIn(page);
    for (let part = 2; part <= Number(data("parts")); part++)
      text += partIn(await (await fetchSite(`/${CHANNEL}/forms/${slug}/${part}`, {})).text());
    const form = await readForm(verifier, text, version);
    assert(!isRefusal(form), `${slug}: ${JSON.stringify(form)}`);
    const draft = createDraft(
      this.fieldwork,
      this.vault,
      { form: slug, title: slug, version, lang: "fr", recovery, text },
      TIME.today,
    );
    const formAnswers: Answers = photo
      ? { ...answers, [photo]: { file: await draft.attach({ bytes: PHOTO.slice().buffer, type: "image/jpeg" }) } }
      : { ...answers };
    await draft.save({ answers: formAnswers, at: Object.keys(answers)[0] ?? "" }, TIME.today);
    return { draft, form, given: formAnswers, version, recovery };
  }

  async finish(slug: string, answers: Answers, photo?: string): Promise<OutboxEntry> {
    const { draft, form, given, version, recovery } = await this.write(slug, answers, photo);
    const formState = new FormState(form, given, TIME);
    formState.recompute();
    const destination = { site: this.site, version, sealingKey: this.sealingKey, recoveryKey: recovery };
    const sent = await finishForm({
      fieldwork: this.fieldwork,
      formState,
      destination,
      lang: "fr",
      title: slug,
      draft: draft.id,
      attachment: (key) => draft.attachment(key),
      notBefore: 0,
    });
    assert(typeof sent === "object", `${slug}: ${String(sent)}`);
    return sent;
  }

  async sender(): Promise<Sender> {
    const trust = await this.phone.store.trust();
    const pack = async (text: string) => ({ body: text, headers: {} });
    const context: SendContext = {
      fieldwork: this.fieldwork,
      network,
      verifier,
      phoneKey: await ensurePhoneKey(this.fieldwork),
      site: this.site,
      keyOfEpoch: (epoch) => (epoch === trust?.epoch ? trust.key : undefined),
      clock: Date.now,
      random: Math.random,
      compress: pack,
      onLongWork: () => undefined,
    };
    return new Sender(context);
  }

  async payload({ id }: OutboxEntry): Promise<SubmissionPayload> {
    const { shut } = (await this.fieldwork.outboxEntry(id)) as OutboxEntry;
    return JSON.parse((await decryptText(await ensurePhoneKey(this.fieldwork), shut)) ?? "{}") as SubmissionPayload;
  }

  bundle(sent: readonly OutboxEntry[]) {
    return createBundle(this.fieldwork, this.site, TIME.today, sent, [], false);
  }

  importBundleText(text: string) {
    return importBundle(
      { fieldwork: this.fieldwork, site: this.site, day: TIME.today, keyOfEpoch: () => undefined },
      text,
    );
  }

  save(name: string): Promise<void> {
    return dump("kunnafoni").then((snapshot) => writeFileSync(join(folder, name), `${JSON.stringify(snapshot)}\n`));
  }
}

function partIn(page: string): string {
  return /<script\b[^>]*\bdata-part=["']?\d+["']?[^>]*>(.*?)<\/script>/s.exec(page)?.[1] ?? "";
}

/** A phone whose first download was interrupted. */
async function cut(): Promise<void> {
  const phone = await Phone.make(async (path, init) => {
    const response = await fetchSite(path, init);
    const body = new Uint8Array(await response.arrayBuffer());
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(body.subarray(0, body.length * 0.7)),
      pull: (controller) => controller.error(new TypeError("the link broke")),
    });
    return new Response(stream, { status: response.status, headers: { date: response.headers.get("date") ?? "" } });
  }, CHANNEL);
  assert.equal((await phone.pull()).kind, "interrupted");
  assert(await phone.store.progress(CHANNEL));
  writeFileSync(join(folder, "phone-cut.json"), `${JSON.stringify(await dump("kunnafoni"))}\n`);
}

/** A file from another facilitator. */
async function handedOver(): Promise<{ text: string; id: string }> {
  const other = await Person.make();
  await other.enrol(second);
  const entry = await other.finish("visite", { paroles: "Porté par une autre" });
  const { text } = await other.bundle([entry]);
  globalThis.indexedDB = new IDBFactory();
  return { text, id: entry.id };
}

async function whole(): Promise<Record<string, unknown>> {
  const carried = await handedOver();
  const person = await Person.make();
  const { phone, fieldwork } = person;
  const { store } = phone;
  await prepareKeptIndex(store, CHANNEL, async () => undefined);
  await person.enrol(first);
  await enrol(fieldwork, deadNetwork, "x", "ABCDE01234"); // leaves the key of a code without a response
  const signed = await person.finish("visite", { paroles: WORD, femmes: 12, enfants: [{ ans: 3 }, { ans: 7 }] }, "vue");
  const sealed = await person.finish("confiance", { nom: "Awa Distinctive" });
  const toErase = await person.finish("visite", { paroles: "À effacer" });
  const report = await person.finish("utilite", { page: "Argent", aide: "oui" });
  const toTakeBack = await person.finish("utilite", { page: "Reprise", aide: "non" });
  const sender = await person.sender();
  assert.equal((await sender.sendAll()).kind, "done");
  for (const entry of [report, toTakeBack]) assert.equal((await sender.sendReport(entry)).kind, "done");
  for (const { id, state } of await fieldwork.outbox()) assert.equal(state, "received", id);
  const waiting = await person.finish("visite", { paroles: "Pas encore partie" }, "vue");
  const phoneKey = await ensurePhoneKey(fieldwork);
  await fieldwork.saveBackgroundRequests([
    { shut: await encryptText(phoneKey, "une demande"), headers: { "content-type": "application/x-ndjson" } },
  ]);
  assert.deepEqual(await person.importBundleText(carried.text), { kind: "carried", count: 1 });
  const trust = await store.trust();
  assert(trust);
  await fieldwork.saveSetting("epochs", { [trust.epoch]: trust.key });
  const receipt = (await fieldwork.outboxEntry(signed.id))?.receipt;
  assert(receipt);
  await fieldwork.saveSetting("receipts", { [signed.id]: receipt });
  await person.write("confiance", { nom: "Brouillon ouvert à personne" });
  const { draft } = await person.write("visite", { paroles: "Brouillon" }, "vue");
  await person.vault.changePin(PIN);
  await fieldwork.saveSetting("wrong", { count: 1, until: 0 });
  const alert = {
    id: "crue-1",
    root: "crue-1",
    status: "Actual",
    msgType: "Alert",
    lang: "fr",
    headline: "Crue",
    text: "Montez.",
    area: "Mali",
    severity: "Severe",
    sent: 1,
    expires: 2,
  };
  await store.changeSetting("followed", () => CHANNEL);
  await store.changeSetting("spent", () => ({ "2026-11": 75_000 }));
  await store.changeSetting("ahead", () => 1500);
  await store.changeSetting("asked", () => ({ at: 1, ended: "head" }));
  await store.changeSetting("everything", () => true);
  await store.changeSetting("alerts", () => [alert]);
  await store.changeSetting("told", () => ({ topics: ["alerts"], region: "ML-1", severity: "Severe" }));
  await store.changeSetting("hub", () => "https://relais.example");
  await store.changeSetting("hubSaid", () => ({ at: 2, ended: "head" }));
  await store.changeSetting("waiting", () => true);
  await person.save("phone.json");
  const ids = {
    signed: signed.id,
    sealed: sealed.id,
    report: report.id,
    erased: toErase.id,
    takenBack: toTakeBack.id,
    waiting: waiting.id,
    carried: carried.id,
  };
  const secrets = {
    signed: (await person.payload(signed)).secret,
    takenBack: (await person.payload(toTakeBack)).secret,
  };
  const guide = (await phone.paths()).find((path) => path.startsWith("guides/")) ?? "";
  return {
    channel: CHANNEL,
    edition: await phone.editionId(),
    pages: await phone.checkShownPages(),
    guide,
    guideDigest: await verifier.digest((await phone.body(guide)) ?? ""),
    pin: PIN,
    draft: draft.id,
    photoDigest: await digestBytes(PHOTO),
    words: { signed: WORD, sealed: "Awa Distinctive", draft: "Brouillon" },
    ids,
    secrets,
    code: signed.code,
  };
}

makeKeysExtractable();
void cut()
  .then(whole)
  .then((facts) => console.log(JSON.stringify(facts)))
  .then(() => process.exit(0));
