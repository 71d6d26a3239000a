/** What comes back to who sent something: an answer, a receipt for a report, the word that it was withdrawn. Each asked in a request of its own. */
import { decryptText } from "../crypto/encrypt";
import type { OutboxEntry, Receipt, SubmissionPayload } from "../db/fieldwork-contract";
import { ServerBusy, readRow, readRows } from "../net/ndjson-rows";
import { Interrupted } from "../net/network";
import { receiptText } from "../protocol/submission";
import type { SendContext } from "./send";

const DAY = 24 * 60 * 60_000; // ms
/** An answer is asked for this long; then the person may still ask by a tap. */
export const ANSWER_DAYS = 60;

export type AnswerOutcome = "answer" | "none" | "erased" | "network";

/** Asks once for the answer to something that was received, and keeps it. */
export async function requestAnswer(
  tools: SendContext,
  sent: OutboxEntry,
  random: () => number,
): Promise<AnswerOutcome> {
  const { desk, network, clock } = tools;
  const letter = await letterOf(tools, sent);
  if (!letter) return "none";
  try {
    const answer = await network.request("/inbox/answers", {
      method: "POST",
      body: JSON.stringify({ id: sent.id, secret: letter.secret }),
    });
    const { status } = answer;
    if (status !== 200) answer.close();
    const said = status === 200 ? await readRow<NonNullable<OutboxEntry["answer"]>>(answer) : null;
    const notBefore = clock() + DAY * (1 + random() / 4);
    await desk.changeEntry(sent.id, (old) => ({
      ...old,
      notBefore,
      ...(said?.text ? { answer: { text: said.text, lang: said.lang, date: said.date } } : {}),
    }));
    return said?.text ? "answer" : status === 404 ? "erased" : "none";
  } catch (error) {
    if (error instanceof Interrupted) return "network";
    throw error;
  }
}

/** Asks for the receipt of a report that somebody else holds; whether headquarters itself said that it does not have the report yet. */
export async function requestReceipt(tools: SendContext, sent: OutboxEntry, random: () => number): Promise<boolean> {
  const { desk, network, clock } = tools;
  await desk.changeEntry(sent.id, (old) => ({ ...old, notBefore: clock() + DAY * (1 + random() / 4) }));
  try {
    const answer = await network.request("/inbox/receipts", { method: "POST", body: JSON.stringify([sent.id]) });
    let told = false;
    for await (const { id, receipt } of readRows<{ id: string; receipt?: Receipt }>(answer)) {
      told = true;
      const key = receipt && tools.keyOfEpoch(receipt[1]);
      if (id !== sent.id || !receipt || !key) continue;
      if (await tools.verifier.verify(key, receiptText(tools.site, id, receipt[0]), receipt[2]))
        await desk.changeEntry(id, (old) => ({ ...old, state: "received", receipt }));
    }
    return !told && !answer.isFromHub;
  } catch (error) {
    if (!(error instanceof Interrupted || error instanceof ServerBusy)) throw error;
    return false;
  }
}

/** Has everything of it erased, everywhere. */
export async function withdraw(tools: SendContext, sent: OutboxEntry): Promise<"withdrawn" | "unknown" | "network"> {
  const letter = await letterOf(tools, sent);
  if (!letter) return "unknown";
  try {
    const answer = await tools.network.request("/inbox/withdrawals", {
      method: "POST",
      body: JSON.stringify({ id: sent.id, secret: letter.secret }),
    });
    answer.close();
    if (answer.status === 404) return "unknown";
    if (answer.status !== 200) return "network";
    await tools.desk.dropEntry(sent.id);
    return "withdrawn";
  } catch (error) {
    if (error instanceof Interrupted) return "network";
    throw error;
  }
}

async function letterOf({ phoneKey }: SendContext, sent: OutboxEntry): Promise<SubmissionPayload | null> {
  const text = await decryptText(phoneKey, sent.shut);
  return text === null ? null : (JSON.parse(text) as SubmissionPayload);
}
