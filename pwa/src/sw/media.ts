/** Answers requests for images and recordings: from the media cache, whole or by range, else from the network. */

export function isMedia(address: URL): boolean {
  return address.pathname.startsWith("/media/");
}

export async function answerMedia(request: Request): Promise<Response> {
  const cached = await caches.match(request.url);
  return cached ? rangeResponse(cached, request.headers.get("range")) : fetch(request);
}

/** Players ask for `bytes=first-` or `bytes=first-last`. */
async function rangeResponse(cached: Response, range: string | null): Promise<Response> {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  if (!first) return cached;
  const whole = await cached.blob();
  const part = whole.slice(+first, last ? +last + 1 : whole.size, whole.type);
  const headers = { "content-range": `bytes ${first}-${+first + part.size - 1}/${whole.size}` };
  return new Response(part, { status: 206, headers });
}
