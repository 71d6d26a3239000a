/** Counts bytes over the network by month, as the browser measured them. */
import type { PhoneStore } from "../db/store-contract";
import { correctedTime } from "./clock";

/** Months kept: this one and the last. */
const MONTHS = 2;

/** Transferred bytes of the newest response from an address; `bytes` where the browser does not report them. */
export function transferredBytes(address: string, bytes: number): number {
  const entries = performance.getEntriesByName(
    new URL(address, location.href).href,
    "resource",
  ) as PerformanceResourceTiming[];
  return entries[entries.length - 1]?.transferSize || bytes;
}

/**
 * Adds what this page or worker fetched besides feeds since the last call: pages not on the phone, the app's own
 * files.
 */
export async function countOtherTraffic(store: PhoneStore): Promise<void> {
  const bytes = takeOtherTraffic();
  if (bytes > 0)
    await addDataUsage(store, bytes, correctedTime(Date.now(), await store.setting("ahead"))).catch(() => undefined);
}

function takeOtherTraffic(): number {
  const entries = [
    ...performance.getEntriesByType("navigation"),
    ...performance.getEntriesByType("resource"),
  ] as PerformanceResourceTiming[];
  const siteEntries = entries.filter(
    (entry) => new URL(entry.name).origin === location.origin && !new URL(entry.name).pathname.startsWith("/feed/"),
  );
  performance.clearResourceTimings();
  return siteEntries.reduce((sum, entry) => sum + (entry.transferSize || 0), 0);
}

export async function addDataUsage(store: PhoneStore, bytes: number, now: number): Promise<void> {
  if (bytes <= 0) return;
  const month = monthOf(now);
  await store.changeSetting("spent", (current = {}) => {
    const spent = { ...current, [month]: (current[month] ?? 0) + bytes };
    return Object.fromEntries(Object.entries(spent).sort().slice(-MONTHS));
  });
}

export function monthOf(now: number): string {
  return new Date(now).toISOString().slice(0, 7);
}
