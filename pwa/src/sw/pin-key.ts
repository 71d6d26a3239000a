/** Holds the PIN's key between two pages, in memory: without it every link would ask for the PIN again. A minute without a word, and it is gone. */

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
