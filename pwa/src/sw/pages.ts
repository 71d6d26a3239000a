/**
 * Answers navigation with pages from the phone's store, composed as the server composes them, at the same addresses.
 */
import type { PageParts, PhoneStore } from "../db/store-contract";
import { compose, pageAddress, parsePageAddress } from "../protocol/page";
import { isRefusal } from "../protocol/refusal";
import { pushedAlertPage } from "./notifications";

const LANGUAGES = "languages";

export function isPage(address: URL): boolean {
  return parsePageAddress(address.pathname) !== null;
}

/** Responds with a channel's page: the phone's, else the network's, else the page that says it is missing. */
export async function answerPage(store: Promise<PhoneStore>, request: Request, address: URL): Promise<Response> {
  const page = parsePageAddress(address.pathname);
  const parts = page ? await readPage(store, page.channel, page.path) : undefined;
  const body = parts?.body ?? (parts && (await pushedAlertPage(store, page?.path ?? "").catch(() => undefined)));
  if (parts && body !== undefined) return composeResponse(parts.shell, body, 200);
  return fromNetwork(request, () =>
    parts?.missing === undefined ? undefined : composeResponse(parts.shell, parts.missing, 503),
  );
}

/** Redirects `/` to the followed channel; `/?choose`, and a phone that follows none, gets the list of languages. */
export async function answerStart(store: Promise<PhoneStore>, request: Request, address: URL): Promise<Response> {
  const followed = await followedChannel(store);
  if (followed && !address.searchParams.has("choose")) return Response.redirect(pageAddress(followed, "index"), 302);
  const page = followed ? await readPage(store, followed, LANGUAGES) : undefined;
  return fromNetwork(request, () =>
    page?.body === undefined ? undefined : composeResponse(page.shell, page.body, 200),
  );
}

async function readPage(store: Promise<PhoneStore>, channel: string, path: string): Promise<PageParts | undefined> {
  try {
    return await (await store).page(channel, path);
  } catch {
    return undefined; // a broken store must not take the network's pages away
  }
}

async function followedChannel(store: Promise<PhoneStore>): Promise<string | undefined> {
  try {
    return await (await store).setting("followed");
  } catch {
    return undefined;
  }
}

async function fromNetwork(request: Request, otherwise: () => Response | undefined): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    return otherwise() ?? Response.error();
  }
}

function composeResponse(shell: string, body: string, status: number): Response {
  const html = compose(shell, body);
  if (isRefusal(html)) return Response.error();
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `${policyOf(shell)};frame-ancestors 'none'`,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "server-timing": "phone",
  };
  return new Response(html, { status, headers });
}

/** The signed shell names its own policy, with the digest of its styles; a shell without one gets the strictest. */
function policyOf(shell: string): string {
  const [, policy] = /http-equiv="?Content-Security-Policy"? content="([^"]*)"/i.exec(shell) ?? [];
  return policy?.replace(/&#39;/g, "'") ?? "default-src 'self'";
}
