/** Images and recordings kept on this phone because a person tapped: fetched whole, proven by the digest in their name, in a cache of their own. */
import { digestBytes } from "../crypto/bytes";
import type { PhoneStore } from "../db/contract";
import { isRefusal } from "../protocol/refusal";
import { chosenHub, createHubNetwork } from "./hub";

const CACHE = "media";
const LIMIT = 16 * 1024 * 1024; // bytes that a hub may send for one

export async function isMediaKept(place: string): Promise<boolean> {
  return (await (await caches.open(CACHE)).match(place)) !== undefined;
}

/** Keeps it, from the hub where that has it; "broken" when the network gave other bytes than the page names. */
export async function keepMedia(store: PhoneStore, place: string): Promise<"kept" | "broken" | "interrupted"> {
  try {
    const hub = await chosenHub(store).catch(() => "");
    if (hub && (await keepFromHub(hub, place).catch(() => false))) return "kept";
    const answer = await fetch(place, { credentials: "omit" });
    if (!answer.ok) return "interrupted";
    return (await keepVerified(place, await answer.arrayBuffer(), answer.headers.get("content-type")))
      ? "kept"
      : "broken";
  } catch {
    return "interrupted";
  }
}

async function keepFromHub(hub: string, place: string): Promise<boolean> {
  const answer = await createHubNetwork(hub).request(place);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of answer.chunks(LIMIT)) if (!isRefusal(chunk)) parts.push(chunk as Uint8Array<ArrayBuffer>);
  return keepVerified(place, await new Blob(parts).arrayBuffer(), answer.header("content-type"));
}

/** False when these are not the bytes that the name promises. */
async function keepVerified(place: string, bytes: ArrayBuffer, type: string | null): Promise<boolean> {
  if (!place.startsWith(`/media/${await digestBytes(bytes)}.`)) return false;
  await (await caches.open(CACHE)).put(place, new Response(bytes, { headers: { "content-type": type ?? "" } }));
  return true;
}

export async function dropMedia(place: string): Promise<void> {
  await (await caches.open(CACHE)).delete(place);
}
