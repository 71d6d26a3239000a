/** Images and recordings that a person kept, answered from the phone: whole, or the range a player asks for. Others come from the network. */

export function isMedia(address: URL): boolean {
  return address.pathname.startsWith("/media/");
}

export async function answerMedia(request: Request): Promise<Response> {
  const cached = await caches.match(request.url);
  return cached ? ranged(cached, request.headers.get("range")) : fetch(request);
}

/** Players ask for `bytes=first-` or `bytes=first-last`. */
async function ranged(cached: Response, range: string | null): Promise<Response> {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  if (!first) return cached;
  const whole = await cached.blob();
  const part = whole.slice(+first, last ? +last + 1 : whole.size, whole.type);
  const headers = { "content-range": `bytes ${first}-${+first + part.size - 1}/${whole.size}` };
  return new Response(part, { status: 206, headers });
}
