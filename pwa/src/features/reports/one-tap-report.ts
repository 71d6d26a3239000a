/** Saves a report of one tap into the outbox. Loaded at the tap. */
import type { PhoneStore } from "../../db/store-contract";
import { localTime, openFieldSession } from "../../fieldwork/field-session";
import { finishForm } from "../../fieldwork/finish-form";
import type { Answers } from "../../protocol/answers";
import { parseStatement } from "../../protocol/edition-statement";
import type { Form } from "../../protocol/form";
import { FormState } from "../../protocol/form-state";
import { isRefusal } from "../../protocol/refusal";
import { startSendLoop } from "../../send/send-loop";
import { drawSendingTime } from "../../send/sending-time";

export interface OneTapReport {
  readonly form: Form;
  readonly version: string;
  readonly title: string;
  readonly lang: string;
  readonly answers: Answers;
}

/** Saves the report, to be sent at a random time; false where that failed. */
export async function saveReport(
  store: PhoneStore,
  channel: string,
  { form, version, title, lang, answers }: OneTapReport,
): Promise<boolean> {
  const { fieldwork } = await openFieldSession(store);
  const holding = await store.holding(channel);
  const statement = parseStatement((holding?.early ?? holding?.whole)?.statement ?? "");
  if (isRefusal(statement)) return false;
  const formState = new FormState(form, answers, await localTime(store));
  formState.recompute();
  const destination = { site: statement.site, version, sealingKey: statement.sealingKey, recoveryKey: "" };
  const notBefore = drawSendingTime(Date.now(), Math.random);
  const entry = await finishForm({
    fieldwork,
    formState,
    destination,
    lang,
    title,
    draft: undefined,
    attachment: async () => null,
    notBefore,
  });
  if (typeof entry === "string") return false;
  await store.changeSetting("waiting", () => true);
  startSendLoop(store);
  return true;
}
