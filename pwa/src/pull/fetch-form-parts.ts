/** Reads the further parts of a long form (PROTOCOL.md, section 8) from this phone's pages, else from the network. */
import type { PhoneStore } from "../db/store-contract";
import { pageAddress } from "../protocol/page";

const PART = /<script\b[^>]*\bdata-part=["']?(\d+)["']?[^>]*>(.*?)<\/script>/s;

/** Parts 2 to `count` of a form; null where one is unavailable. */
export async function readFurtherParts(
  store: PhoneStore,
  channel: string,
  slug: string,
  count: number,
): Promise<string[] | null> {
  const parts: string[] = [];
  for (let number = 2; number <= count; number++) {
    const path = `forms/${slug}/${number}`;
    const body = (await store.page(channel, path))?.body ?? (await fetchText(pageAddress(channel, path)));
    const [, partNumber, text] = PART.exec(body ?? "") ?? [];
    if (text === undefined || Number(partNumber) !== number) return null;
    parts.push(text);
  }
  return parts;
}

async function fetchText(address: string): Promise<string | undefined> {
  try {
    const response = await fetch(address, { credentials: "omit" });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
