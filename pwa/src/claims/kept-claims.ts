/**
 * The index of the notices that a phone shows, kept as one text beside the search's pieces: made after a pull in
 * slices, and only of notices that changed. It is a cache: where there is no room for it, it is made when it is needed.
 */
import { shownEditionKey, shownEntries } from "../db/held-editions";
import type { SearchPieces } from "../db/search-pieces";
import { type PhoneStore, StorageFull } from "../db/store-contract";
import { headingAttribute, textOfHtml } from "../protocol/page-text";
import { ClaimIndex, type TextTokens, everydayTokens, textTokens } from "./claim-index";

const KEY = "&claims";
const FORMAT = 2;
const SLICE = 4; // notices between two pauses
const NOTICE = /^notices\/([\w-]+)$/;

/** `texts`: of each text the tokens, with a space between two. */
interface ClaimRow {
  readonly slug: string;
  readonly digest: string;
  readonly texts: readonly string[];
}

interface KeptClaims {
  readonly format: number;
  readonly channel: string;
  readonly edition: string;
  readonly everyday: readonly string[];
  readonly rows: readonly ClaimRow[];
}

/** The index of the notices that the phone shows now; undefined where it holds nothing of the channel. */
export async function openClaims(
  store: PhoneStore,
  kept: Pick<SearchPieces, "get" | "write">,
  channel: string,
  pause: () => Promise<void>,
): Promise<ClaimIndex | undefined> {
  const claims = await prepareClaims(store, kept, channel, pause);
  return claims && new ClaimIndex(claims.rows.map(unpacked), claims.everyday.map(tokensOf));
}

/** Brings the kept index up to the notices that the phone shows now. */
export async function prepareClaims(
  store: PhoneStore,
  kept: Pick<SearchPieces, "get" | "write">,
  channel: string,
  pause: () => Promise<void>,
): Promise<KeptClaims | undefined> {
  const holding = await store.holding(channel);
  if (!holding) return undefined;
  const edition = shownEditionKey(holding);
  const before = read(await kept.get(KEY));
  if (before?.channel === channel && before.edition === edition) return before;
  const known = new Map(before?.rows.map((row) => [row.digest, row]));
  const rows: ClaimRow[] = [];
  let made = 0;
  for (const { path, digest } of shownEntries(holding)) {
    const [, slug] = NOTICE.exec(path) ?? [];
    if (slug === undefined) continue;
    const row = known.get(digest);
    const body = row ? undefined : await store.body(digest);
    if (row) rows.push({ ...row, slug });
    else if (body !== undefined) rows.push({ slug, digest, texts: textsOf(body).map(packed) });
    if (body !== undefined && ++made % SLICE === 0) await pause();
  }
  const everyday = before?.everyday ?? everydayTokens().map((tokens) => tokens.join(" "));
  const claims = { format: FORMAT, channel, edition, everyday, rows };
  await kept.write(new Map([[KEY, JSON.stringify(claims)]]), false).catch((error: unknown) => {
    if (!(error instanceof StorageFull)) throw error;
  });
  return claims;
}

/** The claim on a notice's page, in people's words: title, claim, wordings, keywords, as sync/claims takes them. */
export function textsOf(body: string): string[] {
  const [, claim = ""] = /<blockquote>.*?<br>(.*?)<\/blockquote>/s.exec(body) ?? [];
  const wordings = headingAttribute(body, "data-said").split("\n");
  const texts = [body.slice(0, body.indexOf("\n")), claim, ...wordings, headingAttribute(body, "data-words")];
  return texts.map(textOfHtml).filter(Boolean);
}

function read(text: string | undefined): KeptClaims | undefined {
  const kept = text === undefined ? undefined : (JSON.parse(text) as KeptClaims);
  return kept?.format === FORMAT ? kept : undefined;
}

function packed(text: string): string {
  return textTokens(text).join(" ");
}

function tokensOf(text: string): TextTokens {
  return text.split(" ");
}

function unpacked({ slug, texts }: ClaimRow): { slug: string; texts: TextTokens[] } {
  return { slug, texts: texts.map(tokensOf) };
}
