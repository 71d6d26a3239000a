/** Images and recordings kept on this phone because a person tapped: fetched whole, proven by the digest in their name, in a cache of their own. */
import { digestOfBytes } from "../crypto/proofs";

const CACHE = "media";

export async function isKept(place: string): Promise<boolean> {
  return (await (await caches.open(CACHE)).match(place)) !== undefined;
}

/** Keeps it; "broken" when the network gave other bytes than the page names. */
export async function keepMedium(place: string): Promise<"kept" | "broken" | "interrupted"> {
  try {
    const answer = await fetch(place, { credentials: "omit" });
    if (!answer.ok) return "interrupted";
    const bytes = await answer.arrayBuffer();
    if (!place.startsWith(`/media/${await digestOfBytes(bytes)}.`)) return "broken";
    const type = answer.headers.get("content-type") ?? "";
    await (await caches.open(CACHE)).put(place, new Response(bytes, { headers: { "content-type": type } }));
    return "kept";
  } catch {
    return "interrupted";
  }
}

export async function dropMedium(place: string): Promise<void> {
  await (await caches.open(CACHE)).delete(place);
}
