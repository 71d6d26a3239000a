/** A phone with forms for tests: the app's own stores, finishing and sending, over a given inbox. */
import assert from "node:assert/strict";
import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { decryptText } from "../../src/crypto/local-encryption";
import { verifier } from "../../src/crypto/signature-verifier";
import type { FieldworkStore, OutboxEntry, RecordFace, SubmissionPayload } from "../../src/db/fieldwork-contract";
import { openFieldworkStore } from "../../src/db/fieldwork-store";
import { createDraft } from "../../src/fieldwork/drafts";
import { type Destination, finishForm } from "../../src/fieldwork/finish-form";
import { Vault, ensurePhoneKey } from "../../src/fieldwork/vault";
import { createNetwork } from "../../src/net/network";
import type { Answers } from "../../src/protocol/answers";
import { type Json, canonical } from "../../src/protocol/canonical";
import type { Form } from "../../src/protocol/form";
import { FormState } from "../../src/protocol/form-state";
import { enrol } from "../../src/send/enrol";
import { padLines } from "../../src/send/padding";
import { type SendContext, type SendOutcome, Sender } from "../../src/send/send-outbox";
import type { FakeInbox } from "./fake-inbox";

export const TIME = { today: "2026-11-24", now: "2026-11-24T08:00" };

/** A form with a text and a photo, changed by `more`. */
export function smallForm(more: Partial<Form> = {}): Form {
  const items: Form["items"] = [
    { q: "mot", type: "text", label: { fr: "Un mot ?" }, required: true },
    { q: "photo", type: "image", label: { fr: "Une photo ?" } },
  ];
  return {
    v: 1,
    form: "essai",
    lang: "fr",
    languages: ["fr"],
    title: { fr: "Essai" },
    audience: "device",
    sealed: false,
    keep: 365,
    items,
    choices: {},
    ...more,
  };
}

export class FieldworkPhone {
  now = Date.parse("2026-11-25T08:00:00Z");
  private constructor(
    readonly fieldwork: FieldworkStore,
    readonly vault: Vault,
    readonly inbox: FakeInbox,
  ) {}

  static async make(inbox: FakeInbox): Promise<FieldworkPhone> {
    globalThis.indexedDB = new IDBFactory();
    const fieldwork = openFieldworkStore();
    await fieldwork.drafts(); // opens this database, before another phone's takes its place
    return new FieldworkPhone(fieldwork, await Vault.open(fieldwork), inbox);
  }

  async enrol(code = this.inbox.code): Promise<string> {
    const outcome = await enrol(this.fieldwork, this.network, this.inbox.site, code);
    return outcome.kind === "enrolled" ? "" : outcome.code;
  }

  async fill(
    form: Form,
    answers: Answers,
    photo?: Uint8Array<ArrayBuffer>,
    to: Partial<Destination> = {},
    face?: RecordFace,
  ): Promise<OutboxEntry> {
    const version = await verifier.digest(canonical(form as unknown as Json) as string);
    const draftForm = {
      form: form.form,
      title: "Essai",
      version,
      lang: "fr",
      recovery: "",
      text: JSON.stringify(form),
    };
    const draft = createDraft(this.fieldwork, this.vault, draftForm, TIME.today);
    const formAnswers: Answers = photo
      ? { ...answers, photo: { file: await draft.attach({ bytes: photo.buffer, type: "image/jpeg" }) } }
      : { ...answers };
    await draft.save({ answers: formAnswers, at: "" }, TIME.today);
    const formState = new FormState(form, formAnswers, TIME);
    formState.recompute();
    const destination = { site: this.inbox.site, version, sealingKey: "", recoveryKey: "", ...to };
    const entry = await finishForm({
      fieldwork: this.fieldwork,
      formState,
      destination,
      lang: "fr",
      title: "Essai",
      draft: draft.id,
      attachment: (key) => draft.attachment(key),
      notBefore: 0,
      ...(face ? { face } : {}),
    });
    assert(typeof entry === "object", `finished, not ${String(entry)}`);
    return entry;
  }

  get network(): SendContext["network"] {
    return createNetwork({
      fetch: this.inbox.fetch,
      onEnd: () => undefined,
      onServerTime: () => undefined,
      stallTimeout: 5_000,
    });
  }

  async sendContext(): Promise<SendContext> {
    const keyOf = (epoch: number) => (epoch === 1 ? this.inbox.key.public_ : undefined);
    return {
      fieldwork: this.fieldwork,
      network: this.network,
      verifier,
      phoneKey: await ensurePhoneKey(this.fieldwork),
      site: this.inbox.site,
      keyOfEpoch: keyOf,
      clock: () => this.now,
      random: () => 0,
      compress: padLines,
      onLongWork: () => undefined,
    };
  }

  async send(): Promise<SendOutcome> {
    return new Sender(await this.sendContext()).sendAll();
  }

  /** Sends until nothing waits, as a phone does over a day. */
  async sendUntilDone(tries = 100): Promise<void> {
    for (let attempt = 0; attempt < tries; attempt++) {
      this.now += 60 * 60_000;
      if (
        (await this.send()).kind === "done" &&
        (await this.fieldwork.outbox()).every(({ state }) => state !== "waiting")
      )
        return;
    }
  }
}

/** The exact submission in an entry of the outbox. */
export async function payloadText({ phoneKey }: SendContext, entry: OutboxEntry): Promise<string> {
  const { text } = JSON.parse((await decryptText(phoneKey, entry.shut)) ?? "{}") as Partial<SubmissionPayload>;
  assert(text !== undefined, "the entry's submission is still here");
  return text;
}
