/**
 * Answers navigation with pages from the phone's store, composed as the server composes them, at the same addresses.
 */
import type { PageParts, PhoneStore } from "../db/store-contract";
import { fetchTranslations } from "../net/translations";
import { INDEX, compose, pageAddress, parsePageAddress, tidyAddress } from "../protocol/page";
import { isRefusal } from "../protocol/refusal";
import { setLanguage, t } from "../ui/i18n";
import { withNewestAlerts } from "./alert-pages";

const LANGUAGES = "languages";
const SHARED = "shared"; // read by ui/shared-file.ts

/** Responds with a page: the phone's, else the network's, else what the phone holds instead of it. */
export async function answerPage(store: Promise<PhoneStore>, request: Request, address: URL): Promise<Response> {
  const tidy = tidyAddress(address.pathname);
  const page = parsePageAddress(tidy);
  if (page && tidy !== address.pathname) return Response.redirect(tidy + address.search, 302);
  const parts = page ? await readPage(store, page.channel, page.path) : undefined;
  if (parts?.body !== undefined) return composeResponse(parts.shell, parts.body, 200);
  return fetch(request).catch(() => answerInstead(store, page));
}

/**
 * Redirects `/` to the followed channel, `/?go=danger` to a page of it (shortcuts of the home screen know no channel);
 * `/?choose`, and a phone that follows none, gets the list of languages.
 */
export async function answerStart(store: Promise<PhoneStore>, request: Request, address: URL): Promise<Response> {
  const followed = await readStore(store, (phoneStore) => phoneStore.setting("followed"));
  if (followed && !address.searchParams.has("choose"))
    return Response.redirect(pageAddress(followed, address.searchParams.get("go") ?? INDEX), 302);
  return fetch(request).catch(async () => {
    const held = await heldChannel(store);
    const page = held ? await readPage(store, held, LANGUAGES) : undefined;
    return page?.body === undefined ? nothingHere() : composeResponse(page.shell, page.body, 200);
  });
}

/**
 * Leads to checking the text that another app shares; it stands behind the #, so that no server sees it. A file waits in
 * a cache for the page of forms, which tells what it is.
 */
export async function answerShare(request: Request): Promise<Response> {
  const fields = await request.formData();
  const file = fields.get("file");
  if (file) await (await caches.open(SHARED)).put("/share", new Response(file));
  const text = encodeURIComponent([...fields.values()].join()).slice(0, 36_000); // 4,000 characters of nine signs
  return Response.redirect(`/?go=${file ? "forms#file" : `notices#text=${text}`}`, 303); // redirects keep what stands behind the #
}

/**
 * Responds without a network for a page that is not on the phone: the same page of the channel that is, at that
 * page's own address, else that channel's page that says it is missing.
 */
async function answerInstead(
  store: Promise<PhoneStore>,
  page: { readonly channel: string; readonly path: string } | null,
): Promise<Response> {
  const held = await heldChannel(store);
  if (!held) return nothingHere();
  if (page && page.channel !== held)
    return Response.redirect(`${pageAddress(held, page.path)}?instead=${page.channel}`, 302);
  const parts = await readPage(store, held, INDEX);
  return parts?.missing === undefined ? nothingHere() : composeResponse(parts.shell, parts.missing, 503);
}

/** The followed channel if its pages are here, else the one whose pages are: a choice may wait for the network. */
async function heldChannel(store: Promise<PhoneStore>): Promise<string | undefined> {
  return readStore(store, async (phoneStore) => {
    const [channels, followed] = await Promise.all([phoneStore.heldChannels(), phoneStore.setting("followed")]);
    return channels.find((channel) => channel === followed) ?? channels[0];
  });
}

async function readPage(store: Promise<PhoneStore>, channel: string, path: string): Promise<PageParts | undefined> {
  return readStore(store, async (phoneStore) => {
    const parts = await phoneStore.page(channel, path);
    const shown = parts && (await withNewestAlerts(phoneStore, parts, channel, path));
    return shown && (await phoneStore.setting("look")) ? { ...shown, shell: withLook(shown.shell) } : shown;
  });
}

/** The shell with the script that applies the chosen look behind its styles: nothing is painted before. */
function withLook(shell: string): string {
  return shell.replace("</style>", "</style><script src=/app/look.js></script>");
}

/** The store's answer; undefined where it is broken, which must not take the network's pages away. */
async function readStore<Value>(
  store: Promise<PhoneStore>,
  read: (store: PhoneStore) => Promise<Value>,
): Promise<Value | undefined> {
  return store.then(read).catch(() => undefined);
}

/** A sentence where there is neither a network nor a page. */
async function nothingHere(): Promise<Response> {
  const lang = navigator.language.slice(0, 2);
  setLanguage(lang, await fetchTranslations(lang));
  const sentence = t("Pas de réseau, et ce téléphone ne garde pas encore de pages. Revenez avec du réseau.");
  const html = `<!doctype html><meta charset=utf-8><meta name=viewport content="width=device-width"><p>${sentence}`;
  return new Response(html, { status: 503, headers: { "content-type": "text/html; charset=utf-8" } });
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
