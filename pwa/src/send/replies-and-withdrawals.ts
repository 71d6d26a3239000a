/**
 * Makes the requests about a submission that was sent: its answer, the receipt of a report, its withdrawal. Each goes
 * alone.
 */
import { decryptText } from "../crypto/local-encryption";
import type { OutboxEntry, Receipt, SubmissionPayload } from "../db/fieldwork-contract";
import { ServerBusy, readRow, readRows } from "../net/ndjson-rows";
import { Interrupted } from "../net/network";
import { isPagePath } from "../protocol/page";
import { receiptText } from "../protocol/submission";
import { padJson } from "./padding";
import type { SendContext } from "./send-outbox";

const DAY = 24 * 60 * 60_000; // ms
/** Days for which an answer is asked for; later the person may still ask by a tap. */
export const ANSWER_DAYS = 60;

type KeptAnswer = NonNullable<OutboxEntry["answer"]>;

export type AnswerOutcome = "answer" | "none" | "erased" | "network";

/** Asks once for the answer to something that was received, and keeps it; the receipt shows headquarters what it lost. */
export async function requestAnswer(
  context: SendContext,
  entry: OutboxEntry,
  random: () => number,
): Promise<AnswerOutcome> {
  const { fieldwork, network, clock } = context;
  const payload = await payloadOf(context, entry);
  if (!payload) return "none";
  try {
    const response = await network.request("/inbox/answers", {
      method: "POST",
      body: padJson({ id: entry.id, secret: payload.secret, receipt: entry.receipt }),
    });
    const { status } = response;
    if (status !== 200) response.close();
    const reply = status === 200 ? await readRow<KeptAnswer>(response) : null;
    const notBefore = clock() + DAY * (1 + random() / 4);
    await fieldwork.changeEntry(entry.id, (current) => ({
      ...current,
      notBefore,
      ...(reply?.text ? { answer: keptAnswer(reply) } : {}),
    }));
    return reply?.text ? "answer" : status === 404 ? "erased" : "none";
  } catch (error) {
    if (error instanceof Interrupted) return "network";
    throw error;
  }
}

/** Asks for the receipt of a report that a carrier holds; true if headquarters does not have the report. */
export async function requestReceipt(context: SendContext, entry: OutboxEntry, random: () => number): Promise<boolean> {
  const { fieldwork, network, clock } = context;
  await fieldwork.changeEntry(entry.id, (current) => ({ ...current, notBefore: clock() + DAY * (1 + random() / 4) }));
  try {
    const response = await network.request("/inbox/receipts", { method: "POST", body: padJson([entry.id]) });
    let isKnown = false;
    for await (const { id, receipt } of readRows<{ id: string; receipt?: Receipt }>(response)) {
      isKnown = true;
      const key = receipt && context.keyOfEpoch(receipt[1]);
      if (id !== entry.id || !receipt || !key) continue;
      if (await context.verifier.verify(key, receiptText(context.site, id, receipt[0]), receipt[2]))
        await fieldwork.changeEntry(id, (current) => ({ ...current, state: "received", receipt }));
    }
    return !isKnown && !response.isFromHub;
  } catch (error) {
    if (!(error instanceof Interrupted || error instanceof ServerBusy)) throw error;
    return false;
  }
}

/** Has a submission erased everywhere. */
export async function withdraw(context: SendContext, entry: OutboxEntry): Promise<"withdrawn" | "unknown" | "network"> {
  const payload = await payloadOf(context, entry);
  if (!payload) return "unknown";
  try {
    const response = await context.network.request("/inbox/withdrawals", {
      method: "POST",
      body: padJson({ id: entry.id, secret: payload.secret }),
    });
    response.close();
    if (response.status === 404) return "unknown";
    if (response.status !== 200) return "network";
    await context.fieldwork.dropEntry(entry.id);
    return "withdrawn";
  } catch (error) {
    if (error instanceof Interrupted) return "network";
    throw error;
  }
}

/** The answer with the path of the page that says more, if it is one. */
function keptAnswer({ text, lang, date, page }: KeptAnswer): KeptAnswer {
  return { text, lang, date, ...(page && isPagePath(page) ? { page } : {}) };
}

async function payloadOf({ phoneKey }: SendContext, entry: OutboxEntry): Promise<SubmissionPayload | null> {
  const text = await decryptText(phoneKey, entry.shut);
  return text === null ? null : (JSON.parse(text) as SubmissionPayload);
}
