/**
 * Keeps images and recordings that the person chose, in a cache of their own: downloaded whole, verified by the
 * digest in their name.
 */
import { digestBytes } from "../crypto/bytes";
import type { PhoneStore } from "../db/store-contract";
import { isRefusal } from "../protocol/refusal";
import { chosenHub, createHubNetwork } from "./hub-choice";

const CACHE = "media";
const LIMIT = 16 * 1024 * 1024; // bytes that a hub may send for one

export async function isMediaKept(address: string): Promise<boolean> {
  return (await (await caches.open(CACHE)).match(address)) !== undefined;
}

/** Downloads and keeps a file, from the hub where it has it; "broken" when its digest is not the one in its name. */
export async function keepMedia(store: PhoneStore, address: string): Promise<"kept" | "broken" | "interrupted"> {
  try {
    const hub = await chosenHub(store).catch(() => "");
    if (hub && (await keepFromHub(hub, address).catch(() => false))) return "kept";
    const response = await fetch(address, { credentials: "omit" });
    if (!response.ok) return "interrupted";
    return (await keepVerified(address, await response.arrayBuffer(), response.headers.get("content-type")))
      ? "kept"
      : "broken";
  } catch {
    return "interrupted";
  }
}

async function keepFromHub(hub: string, address: string): Promise<boolean> {
  const response = await createHubNetwork(hub).request(address);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of response.chunks(LIMIT)) if (!isRefusal(chunk)) parts.push(chunk as Uint8Array<ArrayBuffer>);
  return keepVerified(address, await new Blob(parts).arrayBuffer(), response.header("content-type"));
}

/** False if the digest is not the one in the name. */
async function keepVerified(address: string, bytes: ArrayBuffer, type: string | null): Promise<boolean> {
  if (!address.startsWith(`/media/${await digestBytes(bytes)}.`)) return false;
  await (await caches.open(CACHE)).put(address, new Response(bytes, { headers: { "content-type": type ?? "" } }));
  return true;
}

export async function dropMedia(address: string): Promise<void> {
  await (await caches.open(CACHE)).delete(address);
}
