/** Pulls from the chosen hub, then from the site. */
import type { PullOutcome } from "./outcome";

/**
 * Pulls from the hub, then from the site unless what the hub brought is `recent`. Where the hub's feed does not verify, the site's outcome
 * counts; where the site does not respond, the hub's.
 */
export async function pullViaHub(
  near: () => Promise<PullOutcome>,
  far: () => Promise<PullOutcome>,
  recent: () => Promise<boolean>,
): Promise<PullOutcome> {
  const first = await near();
  if (first.kind === "storage-full" || (first.kind === "head" && (await recent()))) return first;
  const second = await far();
  const progressed = first.kind === "interrupted" && first.progressed;
  if (second.kind === "interrupted")
    return first.kind === "head" ? first : { kind: "interrupted", progressed: second.progressed || progressed };
  if (first.kind !== "head") return second;
  if (second.kind === "head") return { kind: "head", changed: first.changed || second.changed };
  return second.kind === "busy" ? first : second;
}
