/**
 * Keeps images and recordings that the person chose, in a cache of their own: downloaded whole, verified by the
 * digest in their name.
 */
import { digestBytes } from "../crypto/bytes";
import type { PhoneStore } from "../db/store-contract";
import { isRefusal } from "../protocol/refusal";
import { chosenHub, createHubNetwork } from "./hub-choice";

const CACHE = "media";
const PIECE = 65_536; // bytes that a killed page loses at most
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

/** Keeps a file's bytes; false if the digest is not the one in the name. */
export async function keepVerified(address: string, bytes: ArrayBuffer, type: string | null): Promise<boolean> {
  if (!address.startsWith(`/media/${await digestBytes(bytes)}.`)) return false;
  await (await caches.open(CACHE)).put(address, new Response(bytes, { headers: { "content-type": type ?? "" } }));
  return true;
}

/**
 * Downloads and keeps a file as `keepMedia` does, piece by piece: after a cut the next call goes on where it stopped.
 * `onBytes` hears how many bytes of it are here.
 */
export async function keepMediaInPieces(
  store: PhoneStore,
  address: string,
  onBytes: (bytes: number) => void,
): Promise<"kept" | "broken" | "interrupted"> {
  const hub = await chosenHub(store).catch(() => "");
  if (hub) return keepMedia(store, address); // near and free: whole
  const cache = await caches.open(CACHE);
  let pieces = await readPieces(cache, address);
  try {
    const size = pieces.reduce((sum, piece) => sum + piece.size, 0);
    const headers: Record<string, string> = size > 0 ? { range: `bytes=${size}-` } : {};
    const response = await fetch(address, { credentials: "omit", headers });
    if (!response.ok && response.status !== 416) return "interrupted";
    if (response.status === 200) {
      await dropPieces(cache, address);
      pieces = [];
    }
    if (response.status !== 416) await keepPieces(cache, address, response, pieces, onBytes);
    const whole = await new Blob(pieces).arrayBuffer();
    const isWhole = await keepVerified(address, whole, response.headers.get("content-type"));
    await dropPieces(cache, address);
    return isWhole ? "kept" : "broken";
  } catch {
    return "interrupted";
  }
}

/** Reads a response to its end and keeps each piece as it fills, the last one also when the network cuts. */
async function keepPieces(
  cache: Cache,
  address: string,
  response: Response,
  pieces: Blob[],
  onBytes: (bytes: number) => void,
): Promise<void> {
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let waiting = 0;
  let here = pieces.reduce((sum, piece) => sum + piece.size, 0);
  const keep = async (): Promise<void> => {
    if (waiting === 0) return;
    const piece = new Blob(chunks);
    chunks = [];
    waiting = 0;
    await cache.put(partOf(address, pieces.length), new Response(piece));
    pieces.push(piece);
  };
  const reader = response.body?.getReader();
  try {
    for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) {
      chunks.push(chunk.value as Uint8Array<ArrayBuffer>);
      waiting += chunk.value.length;
      here += chunk.value.length;
      onBytes(here);
      if (waiting >= PIECE) await keep();
    }
  } finally {
    await keep();
  }
}

/** Pieces of a file that are here, in their order. */
async function readPieces(cache: Cache, address: string): Promise<Blob[]> {
  const pieces: Blob[] = [];
  for (
    let piece = await cache.match(partOf(address, 0));
    piece;
    piece = await cache.match(partOf(address, pieces.length))
  )
    pieces.push(await piece.blob());
  return pieces;
}

async function dropPieces(cache: Cache, address: string): Promise<void> {
  for (let number = 0; await cache.delete(partOf(address, number)); number++);
}

/** The key of a piece of a file; no page names such an address. */
function partOf(address: string, number: number): string {
  return `${address}?part${number || ""}`;
}

export async function dropMedia(address: string): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all([cache.delete(address), dropPieces(cache, address)]);
}
