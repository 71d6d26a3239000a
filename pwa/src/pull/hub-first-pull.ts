/** Pulls from the chosen hub, then from the site. */
import type { PullOutcome } from "./outcome";

/**
 * Pulls from the hub, then from the site unless `isHubRecent`. Where the hub's feed does not verify, the site's outcome
 * counts; where the site does not respond, the hub's.
 */
export async function pullViaHub(
  pullFromHub: () => Promise<PullOutcome>,
  pullFromSite: () => Promise<PullOutcome>,
  isHubRecent: () => Promise<boolean>,
): Promise<PullOutcome> {
  const hubOutcome = await pullFromHub();
  if (hubOutcome.kind === "storage-full" || (hubOutcome.kind === "head" && (await isHubRecent()))) return hubOutcome;
  const siteOutcome = await pullFromSite();
  const progressed = hubOutcome.kind === "interrupted" && hubOutcome.progressed;
  if (siteOutcome.kind === "interrupted")
    return hubOutcome.kind === "head"
      ? hubOutcome
      : { kind: "interrupted", progressed: siteOutcome.progressed || progressed };
  if (hubOutcome.kind !== "head") return siteOutcome;
  if (siteOutcome.kind === "head") return { kind: "head", changed: hubOutcome.changed || siteOutcome.changed };
  return siteOutcome.kind === "busy" ? hubOutcome : siteOutcome;
}
