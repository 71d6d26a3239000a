/** Counts what the network cost this phone, by month, as the browser measured it. */
import type { PhoneStore } from "../db/contract";

/** Months kept: this one and the last. */
const MONTHS = 2;

/** Bytes on the wire of the newest answer from an address; what was read of it (`bytes`) where the browser does not tell. */
export function onTheWire(address: string, bytes: number): number {
  const entries = performance.getEntriesByName(new URL(address, location.href).href, "resource") as PerformanceResourceTiming[];
  return entries[entries.length - 1]?.transferSize || bytes;
}

export async function addSpent(store: PhoneStore, bytes: number, now: number): Promise<void> {
  if (bytes <= 0) return;
  const month = monthOf(now);
  await store.changeSetting("spent", (old = {}) => {
    const spent = { ...old, [month]: (old[month] ?? 0) + bytes };
    return Object.fromEntries(Object.entries(spent).sort().slice(-MONTHS));
  });
}

export function monthOf(now: number): string {
  return new Date(now).toISOString().slice(0, 7);
}
