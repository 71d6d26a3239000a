/**
 * Sends the outbox and asks for replies while the app is open. Reports go one at a time, never beside what the device
 * signed and each after a random delay, so that nobody can link two of them to one phone (PROTOCOL.md, section 14).
 */

import type { FieldworkStore, OutboxEntry } from "../db/fieldwork-contract";
import { openFieldworkStore } from "../db/fieldwork-store";
import type { PhoneStore } from "../db/store-contract";
import { daysSince } from "../net/clock";
import { OUTBOX_CHANGED, createSendContext, sendWaiting } from "./browser-send";
import { ANSWER_DAYS, requestAnswer, requestReceipt } from "./replies-and-withdrawals";
import { roundDelay } from "./retry-delay";
import type { SendContext, SendOutcome } from "./send-outbox";

const MINUTE = 60_000; // ms
const BETWEEN = 5 * MINUTE;
/** Shortest time between anything sent and a report that is due. */
const APART = 10 * MINUTE;

/** Longest wait after the network came back: a cell gives it back to all its phones at once. */
const AFTER_OUTAGE = 20_000;

let running = false;
let nextRound = 0; // ms
let failures = 0;

/** Runs until the page closes. Call it again when there is something new to send. */
export function startSendLoop(store: PhoneStore): void {
  const runNow = () => void runAndSchedule(store);
  if (!running) {
    running = true;
    addEventListener("online", () => setTimeout(runNow, Math.random() * AFTER_OUTAGE));
    setInterval(() => Date.now() >= nextRound && runNow(), MINUTE / 2);
  }
  runNow();
}

async function runAndSchedule(store: PhoneStore): Promise<void> {
  nextRound = Date.now() + roundDelay(BETWEEN, failures, Math.random);
  const outcome = await runRound(store).catch(() => null);
  failures = outcome === null || outcome.kind === "done" ? 0 : failures + 1;
  nextRound = Date.now() + roundDelay(BETWEEN, failures, Math.random);
}

/** Null where nothing was to be sent. */
async function runRound(store: PhoneStore): Promise<SendOutcome | null> {
  const fieldwork = openFieldworkStore();
  const now = Date.now();
  const outbox = await fieldwork.outbox();
  const hasSigned =
    outbox.some((entry) => !entry.public && (entry.state === "waiting" || entry.state === "carried")) ||
    (await fieldwork.carried()).size > 0;
  const outcome = hasSigned
    ? await sendWaiting(store, fieldwork)
    : await advanceOneReport(store, fieldwork, outbox, now);
  if (hasSigned) await postpone(fieldwork, outbox, now);
  const remaining = await fieldwork.outbox();
  if (stateSummary(remaining) !== stateSummary(outbox)) dispatchEvent(new Event(OUTBOX_CHANGED));
  if (!remaining.some((entry) => isPending(entry, now)) && (await fieldwork.carried()).size === 0)
    await store.changeSetting("waiting", () => false);
  return outcome;
}

/** Postpones due reports, apart from what was just sent. */
async function postpone(fieldwork: FieldworkStore, outbox: readonly OutboxEntry[], now: number): Promise<void> {
  for (const entry of outbox) {
    if (entry.public && entry.notBefore <= now && isPending(entry, now))
      await fieldwork.changeEntry(entry.id, (current) => ({
        ...current,
        notBefore: now + APART * (1 + Math.random() * 5),
      }));
  }
}

/** Sends the report that has waited longest, or asks about it. */
async function advanceOneReport(
  store: PhoneStore,
  fieldwork: FieldworkStore,
  outbox: readonly OutboxEntry[],
  now: number,
): Promise<SendOutcome | null> {
  const [due, ...others] = outbox
    .filter((entry) => entry.notBefore <= now && isPending(entry, now))
    .sort((a, b) => a.notBefore - b.notBefore);
  if (!due) return null;
  const context = await createSendContext(store, fieldwork);
  if (!context) return null;
  await postpone(fieldwork, others, now);
  if (due.state === "waiting") return sendWaiting(store, fieldwork, due);
  if (due.state === "carried") await fetchReceipt(store, fieldwork, due, context);
  else await requestAnswer(context, due, Math.random);
  return null;
}

/** Sends to headquarters what only a hub holds so far: a hub may be stolen. */
async function fetchReceipt(
  store: PhoneStore,
  fieldwork: FieldworkStore,
  entry: OutboxEntry,
  context: SendContext,
): Promise<void> {
  if ((await requestReceipt(context, entry, Math.random)) && entry.carrier) await sendWaiting(store, fieldwork, entry);
}

function stateSummary(outbox: readonly OutboxEntry[]): string {
  return outbox.map(({ id, state, answer }) => `${id} ${state} ${answer?.date ?? ""}`).join("\n");
}

/** True if the entry is still to be sent or asked about. */
function isPending(entry: OutboxEntry, now: number): boolean {
  if (entry.state === "refused") return false;
  return entry.state !== "received" || (entry.answer === undefined && daysSince(entry.day, now) <= ANSWER_DAYS);
}
