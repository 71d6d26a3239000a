/** Builds the search index of the pages that a phone shows, in slices after a pull; what did not change is kept. */
import { shownDigest, shownEditionKey, shownEntries } from "../db/held-editions";
import { type SearchPieces, openSearchPieces } from "../db/search-pieces";
import { type Holding, type PhoneStore, StorageFull } from "../db/store-contract";
import { terms } from "../protocol/folding";
import { LEXICON_PATH, type Lexicon, aboutWords, readLexicon } from "./lexicon";
import { isLetter, kindOf, pageTerms } from "./page-terms";
import * as pieces from "./pieces";
import { GONE } from "./ranking";

export type Pause = () => Promise<void>;

const SLICE = 2; // pages between two pauses: a few hundredths of a second on a slow phone
const MOST_GONE = 4; // with more than a quarter of its pages gone, an index is made anew
const SHORTEST_COMPLETED = 4; // letters of a title's word

type Entry = { readonly path: string; readonly digest: string };

let preparing: Promise<ReadonlyMap<string, string> | undefined> | undefined;

/** Brings the phone's own index up to date, once at a time. Returns as `prepareIndex`. */
export function prepareKeptIndex(
  store: PhoneStore,
  channel: string,
  pause: Pause,
): Promise<ReadonlyMap<string, string> | undefined> {
  preparing ??= prepareIndex(store, openSearchPieces(), channel, pause).finally(() => (preparing = undefined));
  return preparing;
}

/**
 * Brings the index up to the pages that the phone shows now. Returns its pieces if the phone has no room for them, so
 * that a search can use them; undefined if they are kept.
 */
export async function prepareIndex(
  store: PhoneStore,
  kept: SearchPieces,
  channel: string,
  pause: Pause,
): Promise<ReadonlyMap<string, string> | undefined> {
  const holding = await store.holding(channel);
  if (!holding) return undefined;
  const edition = shownEditionKey(holding);
  const lexicon = await lexiconOf(store, holding);
  const ignored = [...lexicon.ignored].join(" ");
  const head = pieces.readHead(await kept.get(pieces.HEAD));
  const usable = head?.channel === channel && head.ignored === ignored ? head : undefined;
  if (usable?.edition !== edition) {
    const entries = shownEntries(holding).filter(({ path }) => kindOf(path) !== "");
    const builder = usable
      ? await IndexBuilder.goOn(kept, usable, lexicon, entries)
      : new IndexBuilder(kept, lexicon, new Map(), "");
    await builder.add(store, entries, pause);
    const written = await builder.pieces({ format: pieces.FORMAT, channel, edition, ignored });
    if (!(await isWritten(kept.write(written, builder.isNew)))) {
      await isWritten(store.changeSetting("indexed", () => edition)); // other pages do not try again in vain
      return builder.isNew ? written : prepareInMemory(store, channel, pause);
    }
  }
  await isWritten(store.changeSetting("indexed", () => edition));
  return undefined;
}

/** All pieces anew, for a phone that can keep none. */
async function prepareInMemory(
  store: PhoneStore,
  channel: string,
  pause: Pause,
): Promise<ReadonlyMap<string, string> | undefined> {
  const nothing = { get: async () => undefined, startingWith: async () => new Map(), write: refuse };
  return prepareIndex(store, nothing, channel, pause);
}

async function refuse(): Promise<void> {
  throw new StorageFull();
}

export async function lexiconOf(store: PhoneStore, holding: Holding): Promise<Lexicon> {
  const digest = shownDigest(holding, LEXICON_PATH);
  return readLexicon((digest === undefined ? undefined : await store.body(digest)) ?? "");
}

class IndexBuilder {
  private readonly rows: pieces.PageRow[] = [];
  private readonly weights = new Map<string, Map<string, [number, number][]>>(); // by piece and sound
  private readonly phrases = new Map<string, Map<string, string>>(); // by piece and folded phrase
  private readonly letters = new Set<string>(); // titles
  private readonly first: number;

  /** `known`: digests by path of the pages that the index has already. `kinds`: of all its pages. */
  constructor(
    private readonly kept: SearchPieces,
    private readonly lexicon: Lexicon,
    private readonly known: ReadonlyMap<string, string>,
    private kinds: string,
  ) {
    this.first = kinds.length;
    for (const phrase of lexicon.phrases) this.addPhrase(phrase);
  }

  /** True if nothing of the index before is used. */
  get isNew(): boolean {
    return this.first === 0;
  }

  /** A builder that goes on with an index; one that begins anew if too much of it is gone. */
  static async goOn(
    kept: SearchPieces,
    head: pieces.IndexHead,
    lexicon: Lexicon,
    entries: readonly Entry[],
  ): Promise<IndexBuilder> {
    const rows = [...(await kept.startingWith("#"))]
      .sort(([one], [other]) => Number(one.slice(1)) - Number(other.slice(1)))
      .flatMap(([, piece]) => JSON.parse(piece) as pieces.PageRow[]);
    const digests = new Map(entries.map(({ path, digest }) => [path, digest]));
    const known = new Map<string, string>();
    const letters: string[] = [];
    let kinds = "";
    for (const [page, [path, title, digest]] of rows.entries()) {
      const kind = head.kinds.charAt(page);
      const holds = kind !== GONE && digests.get(path) === digest;
      kinds += holds ? kind : GONE;
      if (holds) known.set(path, digest);
      if (holds && isLetter(kind)) letters.push(title);
    }
    if ((kinds.length - known.size) * MOST_GONE > kinds.length) return new IndexBuilder(kept, lexicon, new Map(), "");
    const builder = new IndexBuilder(kept, lexicon, known, kinds);
    for (const title of letters) builder.letters.add(title);
    return builder;
  }

  /** Reads and adds the pages that the index has not. */
  async add(store: PhoneStore, entries: readonly Entry[], pause: Pause): Promise<void> {
    let read = 0;
    for (const { path, digest } of entries) {
      if (this.known.get(path) === digest) continue;
      const body = await store.body(digest);
      if (body !== undefined) this.addPage(path, digest, body);
      if (++read % SLICE === 0) await pause();
    }
  }

  private addPage(path: string, digest: string, body: string): void {
    const { kind, title, weights, phrases } = pageTerms(path, body, this.lexicon.ignored);
    if (isLetter(kind) && this.letters.has(title)) return;
    if (isLetter(kind)) this.letters.add(title);
    const page = this.kinds.length;
    this.kinds += kind;
    this.rows.push([path, title, digest]);
    for (const [sound, weight] of weights) {
      const sounds = entryOf(this.weights, pieces.soundKey(sound), () => new Map<string, [number, number][]>());
      entryOf(sounds, sound, () => []).push([page, weight]);
    }
    for (const phrase of phrases) this.addPhrase(phrase);
    for (const word of title.split(/[^\p{L}\p{N}]+/u))
      if (word.length >= SHORTEST_COMPLETED && aboutWords(word, this.lexicon.ignored).length > 0)
        this.addPhrase(word.toLowerCase());
  }

  private addPhrase(phrase: string): void {
    const folded = terms(phrase).join(" ");
    if (folded) entryOf(this.phrases, pieces.phraseKey(folded), () => new Map<string, string>()).set(folded, phrase);
  }

  /** The pieces to be written: the head, and all pieces that changed. */
  async pieces(head: Omit<pieces.IndexHead, "kinds">): Promise<Map<string, string>> {
    const written = new Map([[pieces.HEAD, JSON.stringify({ ...head, kinds: this.kinds })]]);
    const before = async (key: string) => (this.isNew ? undefined : await this.kept.get(key));
    for (let page = this.first; page < this.kinds.length; page = (Math.floor(page / pieces.ROWS) + 1) * pieces.ROWS) {
      const key = pieces.rowKey(page);
      const rows = page === this.first ? (JSON.parse((await before(key)) ?? "[]") as pieces.PageRow[]) : [];
      const added = this.rows.slice(page - this.first, page - this.first + pieces.ROWS - (page % pieces.ROWS));
      written.set(key, JSON.stringify([...rows, ...added]));
    }
    for (const [key, sounds] of this.weights) written.set(key, pieces.addWeights(await before(key), sounds));
    for (const [key, phrases] of this.phrases) written.set(key, pieces.addPhrases(await before(key), phrases));
    return written;
  }
}

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

/** False for a write that a phone without room refused. */
async function isWritten(write: Promise<void>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof StorageFull) return false;
    throw error;
  }
}
