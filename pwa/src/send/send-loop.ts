/**
 * While the app is open: sends what waits, and asks for what should come back. Reports go one at a time, never beside what a device
 * signed, each after a while of its own: nothing then tells that two of them come from one phone (PROTOCOL.md, section 14).
 */
import type { PhoneStore } from "../db/contract";
import type { FieldworkStore, OutboxEntry } from "../db/fieldwork-contract";
import { openFieldworkStore } from "../db/fieldwork-store";
import { daysSince } from "../net/clock";
import { createSendContext, sendWaiting } from "./browser-send";
import { ANSWER_DAYS, requestAnswer, requestReceipt } from "./replies";
import type { SendContext } from "./send";

const MINUTE = 60_000; // ms
const BETWEEN = 5 * MINUTE;
/** Between anything sent and a report that is due. */
const APART = 10 * MINUTE;

/** Told to the page when a round changed what waits. */
export const OUTBOX_CHANGED = "outbox";

let running = false;

/** Goes on until the page closes. Safe to call again: something new waits. */
export function startSendLoop(store: PhoneStore): void {
  if (!running) {
    running = true;
    const again = () => void round(store).catch(() => undefined);
    addEventListener("online", again);
    setInterval(again, BETWEEN);
  }
  void round(store).catch(() => undefined);
}

async function round(store: PhoneStore): Promise<void> {
  const desk = openFieldworkStore();
  const now = Date.now();
  const outbox = await desk.outbox();
  const hasSigned =
    outbox.some((sent) => !sent.public && (sent.state === "waiting" || sent.state === "carried")) ||
    (await desk.carried()).size > 0;
  if (hasSigned) {
    await sendWaiting(store, desk);
    await postpone(desk, outbox, now);
  } else {
    await oneReport(store, desk, outbox, now);
  }
  const left = await desk.outbox();
  if (statesOf(left) !== statesOf(outbox)) dispatchEvent(new Event(OUTBOX_CHANGED));
  if (!left.some((sent) => isOpen(sent, now)) && (await desk.carried()).size === 0)
    await store.changeSetting("waiting", () => false);
}

/** Reports that were due keep apart from what was just sent. */
async function postpone(desk: FieldworkStore, outbox: readonly OutboxEntry[], now: number): Promise<void> {
  for (const sent of outbox) {
    if (sent.public && sent.notBefore <= now && isOpen(sent, now))
      await desk.changeEntry(sent.id, (old) => ({ ...old, notBefore: now + APART * (1 + Math.random() * 5) }));
  }
}

/** The report that has waited longest: sent, or asked about. */
async function oneReport(
  store: PhoneStore,
  desk: FieldworkStore,
  outbox: readonly OutboxEntry[],
  now: number,
): Promise<void> {
  const [due, ...others] = outbox
    .filter((sent) => sent.notBefore <= now && isOpen(sent, now))
    .sort((a, b) => a.notBefore - b.notBefore);
  if (!due) return;
  const tools = await createSendContext(store, desk);
  if (!tools) return;
  await postpone(desk, others, now);
  if (due.state === "waiting") await sendWaiting(store, desk, due);
  else if (due.state === "carried") await fetchReceipt(store, desk, due, tools);
  else await requestAnswer(tools, due, Math.random);
}

/** What only a hub holds goes to headquarters itself once the phone reaches it: a hub may be stolen. */
async function fetchReceipt(
  store: PhoneStore,
  desk: FieldworkStore,
  sent: OutboxEntry,
  tools: SendContext,
): Promise<void> {
  if ((await requestReceipt(tools, sent, Math.random)) && sent.carrier) await sendWaiting(store, desk, sent);
}

function statesOf(outbox: readonly OutboxEntry[]): string {
  return outbox.map(({ id, state, answer }) => `${id} ${state} ${answer?.date ?? ""}`).join("\n");
}

/** Whether something is still to be done about it. */
function isOpen(sent: OutboxEntry, now: number): boolean {
  if (sent.state === "refused") return false;
  return sent.state !== "received" || (sent.answer === undefined && daysSince(sent.day, now) <= ANSWER_DAYS);
}
