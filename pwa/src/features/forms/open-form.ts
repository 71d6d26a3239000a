/** Loads the form of a page or of a draft, and verifies its digest. */
import { verifier } from "../../crypto/signature-verifier";
import type { Draft } from "../../db/fieldwork-contract";
import type { FieldSession } from "../../fieldwork/field-session";
import type { Destination } from "../../fieldwork/finish-form";
import { parseStatement } from "../../protocol/edition-statement";
import { type Form, readForm } from "../../protocol/form";
import { type Refusal, isRefusal } from "../../protocol/refusal";
import { readFurtherParts } from "../../pull/fetch-form-parts";

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
  { store }: FieldSession,
  channel: string,
): Promise<LoadedForm | Refusal | null> {
  const { form: slug = "", version = "", parts = "1", recovery = "" } = host.dataset;
  const first = document.querySelector('script[data-part="1"]')?.textContent ?? "";
  const further = await readFurtherParts(store, channel, slug, Number(parts));
  return further && verifyForm(first + further.join(""), version, recovery);
}

/** The version of the form with which the draft was begun. */
export async function loadDraftForm({ fieldwork }: FieldSession, draft: Draft): Promise<LoadedForm | Refusal | null> {
  const text = await fieldwork.formText(draft.version);
  return text === undefined ? null : verifyForm(text, draft.version, draft.recovery);
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
