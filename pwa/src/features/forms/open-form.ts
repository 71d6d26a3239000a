/** Loads the form of a page, a draft or a finished record, and verifies its digest. */
import { verifier } from "../../crypto/signature-verifier";
import type { FieldSession } from "../../fieldwork/field-session";
import type { Destination } from "../../fieldwork/finish-form";
import { readFormText } from "../../fieldwork/kept-forms";
import { parseStatement } from "../../protocol/edition-statement";
import { type Form, readForm } from "../../protocol/form";
import { type Refusal, isRefusal } from "../../protocol/refusal";

/** A verified form. `text` is stored with its drafts. */
export interface LoadedForm {
  readonly form: Form;
  readonly text: string;
  readonly version: string;
  readonly recovery: string;
}

/** The form that the page's element announces; null if a part of it is not on this phone. */
export async function loadAnnouncedForm(
  host: HTMLElement,
  session: FieldSession,
  channel: string,
): Promise<LoadedForm | Refusal | null> {
  const { form: slug = "", version = "", parts = "1", digests = "", recovery = "" } = host.dataset;
  const first = document.querySelector('script[data-part="1"]')?.textContent ?? "";
  const names = digests.split(" ").filter(Boolean);
  const read = await readFormText(session, channel, { slug, version, parts: Number(parts), digests: names, first });
  return read && verifyForm(read.text, read.version, recovery);
}

/** The version of the form with which a draft was begun or a record finished. */
export async function loadKeptForm(
  { fieldwork }: FieldSession,
  version: string,
  recovery: string,
): Promise<LoadedForm | Refusal | null> {
  const text = await fieldwork.formText(version);
  return text === undefined ? null : verifyForm(text, version, recovery);
}

async function verifyForm(text: string, version: string, recovery: string): Promise<LoadedForm | Refusal> {
  const form = await readForm(verifier, text, version);
  return isRefusal(form) ? form : { form, text, version, recovery };
}

/** The destination of this version's submissions, by the newest trusted statement; null if there is none yet. */
export async function destinationOf(
  { store }: FieldSession,
  channel: string,
  { version, recovery }: LoadedForm,
): Promise<Destination | null> {
  const holding = await store.holding(channel);
  const statement = parseStatement((holding?.early ?? holding?.whole)?.statement ?? "");
  return isRefusal(statement)
    ? null
    : { site: statement.site, version, sealingKey: statement.sealingKey, recoveryKey: recovery };
}
