/** Images and recordings that a person kept, answered from the phone: whole, or the one range a player asks for. Others come from the network. */

const PLACE = /^\/media\/[A-Za-z0-9_-]{43}\.(?:webp|opus)$/;
const RANGE = /^bytes=(\d*)-(\d*)$/;

export function isMedia(address: URL): boolean {
  return PLACE.test(address.pathname);
}

export async function answerMedia(request: Request, address: URL): Promise<Response> {
  const held = await caches.match(address.pathname, { ignoreVary: true });
  return held ? ranged(held, request.headers.get("range")) : fetch(request);
}

async function ranged(held: Response, asked: string | null): Promise<Response> {
  const [, first, last] = RANGE.exec(asked ?? "") ?? [];
  if (asked === null || first === undefined || (first === "" && !last)) return held;
  const whole = await held.blob();
  const start = first === "" ? Math.max(0, whole.size - Number(last)) : Number(first);
  const end = first === "" || !last ? whole.size : Math.min(Number(last) + 1, whole.size);
  const headers = { "content-type": held.headers.get("content-type") ?? "", "content-range": `bytes ${start}-${end - 1}/${whole.size}`, "accept-ranges": "bytes" };
  if (start >= end) return new Response(null, { status: 416, headers: { "content-range": `bytes */${whole.size}` } });
  return new Response(whole.slice(start, end), { status: 206, headers });
}
