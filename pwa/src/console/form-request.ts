/** Posts a form while its page stays: what the server answers is known before anything is given up. */

const PATIENCE = 30_000; // ms: after that the network counts as cut, unless files are sent

export type FormAnswer =
  | { readonly kind: "next"; readonly address: string }
  | { readonly kind: "page"; readonly status: number; readonly html: string }
  | { readonly kind: "offline" };

/** `patience`: ms. */
export async function postForm(
  address: string,
  fields: URLSearchParams | FormData,
  patience = PATIENCE,
): Promise<FormAnswer> {
  const cut = new AbortController();
  const timer = setTimeout(() => cut.abort(), patience);
  try {
    const headers = { "kunnafoni-form": "1", accept: "text/html" };
    const answer = await fetch(address, { method: "POST", body: fields, headers, signal: cut.signal });
    const next = answer.headers.get("kunnafoni-next");
    return next ? { kind: "next", address: next } : { kind: "page", status: answer.status, html: await answer.text() };
  } catch {
    return { kind: "offline" };
  } finally {
    clearTimeout(timer);
  }
}

/** Tells the server that a text is open, or that it was left; resolves to the names of others who have it open. */
export async function notePresence(fields: URLSearchParams): Promise<readonly string[]> {
  if (fields.has("left")) {
    navigator.sendBeacon("/console/presence", fields);
    return [];
  }
  try {
    const answer = await fetch("/console/presence", { method: "POST", body: fields });
    return answer.ok ? ((await answer.json()) as { readonly others: readonly string[] }).others : [];
  } catch {
    return [];
  }
}
