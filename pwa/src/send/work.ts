/** Does the proof of work that a flooded inbox asks for before it takes a report (PROTOCOL.md, section 11). */
import type { WorkChallenge } from "../crypto/proof-of-work";
import type { FieldworkStore, Work } from "../db/fieldwork-contract";

/** Time after which the person is told what the phone does. */
const NOTICE_DELAY = 2_000; // ms
/** The most that a server may ask of a phone: 16 times the usual second. */
const MAX_COST = 32_000;
const MAX_PREFIX = 2;

/** True for a challenge about this submission that asks no more of a phone than it should do; altcha-lib checks the rest. */
function isSolvable({ parameters }: WorkChallenge, id: string): boolean {
  return (
    parameters?.data?.id === id &&
    parameters.cost <= MAX_COST &&
    parameters.keyLength === 32 &&
    parameters.keyPrefix?.length <= MAX_PREFIX
  );
}

/** Work that is worth keeping: its challenge is not over. `now`: the phone's clock, in milliseconds. */
export function isCurrent(work: Work | undefined, now: number): work is Work {
  return work !== undefined && work.challenge.parameters.data.until * 1000 > now;
}

/** The work with its solution; null where the challenge is none for this submission, or has no solution. */
export async function doWork(
  challenge: WorkChallenge,
  id: string,
  onLong: () => void = () => undefined,
): Promise<Work | null> {
  if (!isSolvable(challenge, id)) return null;
  const notice = setTimeout(onLong, NOTICE_DELAY);
  try {
    const { solve } = await import("../crypto/proof-of-work");
    const solution = await solve(challenge);
    return solution && { challenge, solution };
  } catch {
    return null; // the script is not here, or the browser has no PBKDF2: the phone waits like an older one
  } finally {
    clearTimeout(notice);
  }
}

interface WorkContext {
  readonly fieldwork: FieldworkStore;
  /** Called when the phone has worked for a report for a while, and its entry says so. */
  readonly onLongWork: () => void;
}

/** Keeps the challenge with the entry before the work, and the solution after it: the page may close at any time. */
export async function doWorkForEntry(
  { fieldwork, onLongWork }: WorkContext,
  id: string,
  challenge: WorkChallenge,
): Promise<Work | null> {
  if (!isSolvable(challenge, id)) return null;
  await fieldwork.changeEntry(id, (current) => ({ ...current, work: { challenge } }));
  const sayLong = () =>
    void fieldwork.changeEntry(id, (current) => ({ ...current, stuck: { code: "work" } })).then(onLongWork);
  const work = await doWork(challenge, id, sayLong);
  if (work)
    await fieldwork.changeEntry(id, ({ stuck, ...current }) => ({
      ...current,
      ...(stuck && stuck.code !== "work" ? { stuck } : {}),
      work,
    }));
  return work;
}

/** A request line with the work that was done for it. */
export function withWork(line: string, work: Work): string {
  return JSON.stringify({ ...(JSON.parse(line) as object), work });
}
