/**
 * The verdict of each of the phone's readers over a case (PROTOCOL.md), to be compared with Python's:
 * tests/support/twin_verdicts.py. A verdict is `{"value": …}` or `{"refused": code}`, the code "" where the wire names
 * none.
 */
import { verifyPayload } from "../../src/protocol/alert";
import { checkAnswers } from "../../src/protocol/answer-checks";
import { readBundle } from "../../src/protocol/bundle";
import { type Json, type Verifier, base64urlEncode, canonical } from "../../src/protocol/canonical";
import { numberText, parseDateTime, toNumber } from "../../src/protocol/conversions";
import { parseStatement } from "../../src/protocol/edition-statement";
import { type Form, readForm } from "../../src/protocol/form";
import { firstText, parseManifest, restText } from "../../src/protocol/manifest";
import { parseSealedContent } from "../../src/protocol/opened-submission";
import { isPagePath } from "../../src/protocol/page";
import { applyPatch } from "../../src/protocol/patch";
import { parseReceiptLine } from "../../src/protocol/receipts";
import { isRefusal } from "../../src/protocol/refusal";
import { parseRequestLine } from "../../src/protocol/request-lines";
import { normalizeCode } from "../../src/protocol/submission";
import { parseSubmission } from "../../src/protocol/submission-reader";
import { readWholeWith } from "./whole-feed-reader";

export type TwinCase = Readonly<Record<string, Json>> & { readonly kind: string };
export type TwinVerdict = { readonly value: unknown } | { readonly refused: string };

/** A verifier that takes every signature: the readers alone are compared. */
const TAKES_ALL: Verifier = {
  digest: (text) => realDigest(text),
  keyDigest: async () => "",
  verify: async () => true,
};
let realDigest: (text: string) => Promise<string>;

const REFUSED: TwinVerdict = { refused: "" };
/** Codes that PROTOCOL.md names; the others are this program's own. */
const NAMED: ReadonlySet<string> = new Set(["version-unknown", "submission-malformed", "submission-too-large"]);

function verdictOf(result: unknown): TwinVerdict {
  const code = isRefusal(result) ? result.refused : undefined;
  return code === undefined ? { value: result } : { refused: NAMED.has(code) ? code : "" };
}

function orRefused(result: unknown): TwinVerdict {
  return result === null ? REFUSED : { value: result };
}

function parse(text: string): { readonly value: Json } | null {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return null;
  }
}

/** The values of cases, each kind with some of them. */
interface Values {
  readonly text: string;
  readonly first: string;
  readonly rest: string;
  readonly old: string;
  readonly lines: readonly string[];
  readonly base: {
    readonly before: readonly [id: string, first: string, rest: string] | null;
    readonly bodies: Readonly<Record<string, string>>;
  };
  readonly version: string;
  readonly form: Form;
  readonly day: string;
  readonly files: number;
  readonly site: string;
  readonly epoch: number;
  readonly length: number;
}

type Reader = (values: Values) => TwinVerdict | Promise<TwinVerdict>;

const READERS: Readonly<Record<string, Reader>> = {
  canonical: ({ text }) => {
    const parsed = parse(text);
    return orRefused(parsed && canonical(parsed.value));
  },
  statement: ({ text }) => {
    const result = parseStatement(text);
    return isRefusal(result) ? verdictOf(result) : { value: { ...result, text: "" } };
  },
  manifest: ({ first, rest }) => {
    const result = parseManifest(first, rest);
    return isRefusal(result) ? verdictOf(result) : { value: [firstText(result), restText(result)] };
  },
  path: ({ text }) => ({ value: isPagePath(text) }),
  patch: ({ old, text }) => {
    const parsed = parse(text);
    return parsed && Array.isArray(parsed.value) ? verdictOf(applyPatch(old, parsed.value)) : REFUSED;
  },
  feed: async ({ lines, base }) => {
    const { before, bodies } = base;
    const manifest = before && parseManifest(before[1], before[2]);
    if (isRefusal(manifest)) throw new TypeError("no base");
    const edition = before && manifest ? { id: before[0], manifest } : null;
    const result = await readWholeWith(
      TAKES_ALL,
      lines,
      async (header) => parseStatement(header.link[1]),
      edition,
      bodies,
    );
    return isRefusal(result)
      ? verdictOf(result)
      : { value: [firstText(result.manifest), restText(result.manifest), [...result.bodies.keys()].sort()] };
  },
  form: async ({ text, version }) => {
    const result = await readForm(TAKES_ALL, text, version);
    return isRefusal(result) ? verdictOf(result) : { value: version };
  },
  submission: async ({ text }) => {
    const result = parseSubmission(text);
    return typeof result === "string" ? { refused: result } : { value: await realDigest(text) };
  },
  answers: ({ form, text, day, files }) => {
    const parsed = parse(text);
    return parsed ? { value: checkAnswers(form, parsed.value, day, files) } : REFUSED;
  },
  plaintext: ({ text, files }) => {
    const result = parseSealedContent(text, files, true);
    return orRefused(result && canonical([result.answers, result.keys, result.types] as unknown as Json));
  },
  "receipt line": ({ text }) => {
    const row = parseReceiptLine(text);
    return orRefused(row && [row.id, ...row.receipt]);
  },
  "request line": ({ text }) => {
    const row = parseRequestLine(text);
    if (!row) return REFUSED;
    return { value: "submission" in row ? [row.submission, row.signature] : [row.file, row.at, row.data] };
  },
  bundle: ({ text, site }) => {
    const bundle = readBundle(text);
    if (isRefusal(bundle)) return verdictOf(bundle);
    return bundle.site === site ? { value: [bundle.kind, site, base64urlEncode(bundle.body)] } : REFUSED;
  },
  alert: async ({ text, site, epoch }) => {
    const trust = { site, epoch, key: "", nextKeyDigest: "" };
    return orRefused(await verifyPayload(TAKES_ALL, trust, `${text}\nsignature`));
  },
  code: ({ text, length }) => ({ value: normalizeCode(text, length) ?? "" }),
  number: ({ text }) => ({ value: [numberText(toNumber(text)), isDay(text)] }),
};

function isDay(text: string): boolean {
  return parseDateTime(text)?.days !== undefined;
}

/** The verdict of the reader that `kind` names. `digest`: SHA-256 in base64url. */
export async function verdict(
  { kind, ...values }: TwinCase,
  digest: (text: string) => Promise<string>,
): Promise<TwinVerdict> {
  realDigest = digest;
  const reader = READERS[kind];
  if (!reader) throw new TypeError(`no reader for ${kind}`);
  return reader(values as unknown as Values);
}

export const TWIN_KINDS = Object.keys(READERS);
