/** A phone with a desk for tests: the app's own stores, finishing and push, whose network is whatever `fetch` it is given. */
import assert from "node:assert/strict";
import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { proofs } from "../src/crypto/verifier";
import type { DeskStore, Sent } from "../src/db/fieldwork-contract";
import { openDesk } from "../src/db/fieldwork-store";
import { newDraft } from "../src/fieldwork/drafts";
import { type Destination, finishForm } from "../src/fieldwork/finish-form";
import { Vault, phoneKeyOf } from "../src/fieldwork/vault";
import { networkOf } from "../src/net/network";
import type { Answers } from "../src/protocol/answers";
import { type Json, canonical } from "../src/protocol/canonical";
import type { Form } from "../src/protocol/form";
import { Filling } from "../src/protocol/form-state";
import { enrol } from "../src/send/enrol";
import { Sending, type SendingEnd, type SendingTools } from "../src/send/send";
import type { Inbox } from "./inbox";

export const TIME = { today: "2026-11-24", now: "2026-11-24T08:00" };

/** `text` and `photo`, and whatever a test adds. */
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

export class TestDesk {
  now = Date.parse("2026-11-25T08:00:00Z");
  private constructor(
    readonly desk: DeskStore,
    readonly vault: Vault,
    readonly inbox: Inbox,
  ) {}

  static async make(inbox: Inbox): Promise<TestDesk> {
    globalThis.indexedDB = new IDBFactory();
    const desk = openDesk();
    await desk.drafts(); // opens this database, before another phone's takes its place
    return new TestDesk(desk, await Vault.open(desk), inbox);
  }

  async enrol(code = this.inbox.code): Promise<string> {
    const outcome = await enrol(this.desk, this.network, this.inbox.site, code);
    return outcome.kind === "enrolled" ? "" : outcome.code;
  }

  async fill(
    form: Form,
    answers: Answers,
    photo?: Uint8Array<ArrayBuffer>,
    to: Partial<Destination> = {},
  ): Promise<Sent> {
    const version = await proofs.digest(canonical(form as unknown as Json) as string);
    const about = { form: form.form, title: "Essai", version, lang: "fr", recovery: "", text: JSON.stringify(form) };
    const draft = newDraft(this.desk, this.vault, about, TIME.today);
    const given: Answers = photo
      ? { ...answers, photo: { file: await draft.attach({ bytes: photo.buffer, type: "image/jpeg" }) } }
      : { ...answers };
    await draft.save({ answers: given, at: "" }, TIME.today);
    const filling = new Filling(form, given, TIME);
    filling.settle();
    const destination = { site: this.inbox.site, version, sealingKey: "", recoveryKey: "", ...to };
    const sent = await finishForm({
      desk: this.desk,
      filling,
      destination,
      lang: "fr",
      title: "Essai",
      draft: draft.id,
      attachment: (key) => draft.attachment(key),
      notBefore: 0,
    });
    assert(typeof sent === "object", `finished, not ${String(sent)}`);
    return sent;
  }

  get network(): SendingTools["network"] {
    return networkOf({ fetch: this.inbox.fetch, spent: () => undefined, clock: () => undefined, stall: 5_000 });
  }

  async tools(): Promise<SendingTools> {
    const keyOf = (epoch: number) => (epoch === 1 ? this.inbox.key.public_ : undefined);
    const pack = async (text: string) => ({ body: text, headers: {} });
    return {
      desk: this.desk,
      network: this.network,
      proofs,
      phoneKey: await phoneKeyOf(this.desk),
      site: this.inbox.site,
      keyOf,
      clock: () => this.now,
      pack,
    };
  }

  async push(): Promise<SendingEnd> {
    return new Sending(await this.tools()).all();
  }

  /** Pushes until all is done, as a phone does over a day. */
  async pushOn(tries = 100): Promise<void> {
    for (let each = 0; each < tries; each++) {
      this.now += 60 * 60_000;
      if ((await this.push()).kind === "done" && (await this.desk.outbox()).every(({ state }) => state !== "waiting"))
        return;
    }
  }
}
