/**
 * Holds the PIN's key in memory between two pages, so that a link does not ask for the PIN again. Forgotten after a
 * minute without a message.
 */

const HELD = 60_000; // ms

let key: unknown = null;
let timer: ReturnType<typeof setTimeout> | undefined;

export function holdPinKey({ data, ports }: ExtendableMessageEvent): void {
  if (data === "key") ports[0]?.postMessage(key);
  if (typeof data !== "object" || data === null || !("key" in data)) return;
  key = (data as { key: unknown }).key;
  clearTimeout(timer);
  timer = setTimeout(() => (key = null), HELD);
}
