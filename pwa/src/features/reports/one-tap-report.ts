/** Makes a report of one tap: brought when somebody taps. */
import type { PhoneStore } from "../../db/contract";
import { finishForm } from "../../fieldwork/finish-form";
import { openWorkplace, timeHere } from "../../fieldwork/session";
import type { Answers } from "../../protocol/answers";
import type { Form } from "../../protocol/form";
import { Filling } from "../../protocol/form-state";
import { isRefusal } from "../../protocol/refusal";
import { parseStatement } from "../../protocol/statement";
import { startCourier } from "../../send/send-loop";

const SIX_HOURS = 6 * 60 * 60_000; // ms

export interface Telling {
  readonly form: Form;
  readonly version: string;
  readonly title: string;
  readonly lang: string;
  readonly answers: Answers;
}

/** Whether it is kept, to be sent at a moment that tells nothing. */
export async function tellSite(
  store: PhoneStore,
  channel: string,
  { form, version, title, lang, answers }: Telling,
): Promise<boolean> {
  const { desk } = await openWorkplace(store);
  const holding = await store.holding(channel);
  const statement = parseStatement((holding?.early ?? holding?.whole)?.statement ?? "");
  if (isRefusal(statement)) return false;
  const filling = new Filling(form, answers, await timeHere(store));
  filling.settle();
  const destination = { site: statement.site, version, sealingKey: statement.sealingKey, recoveryKey: "" };
  const notBefore = Date.now() + Math.random() * SIX_HOURS;
  const sent = await finishForm({
    desk,
    filling,
    destination,
    lang,
    title,
    draft: undefined,
    attachment: async () => null,
    notBefore,
  });
  if (typeof sent === "string") return false;
  await store.changeSetting("waiting", () => true);
  startCourier(store);
  return true;
}
