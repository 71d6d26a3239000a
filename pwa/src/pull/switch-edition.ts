/** Switches to an edition in one write, once both parts of its manifest verify and every page is here. */
import type { SignedStatement } from "../db/store-contract";
import { type Manifest, firstText, restText } from "../protocol/manifest";
import { type Refusal, isRefusal, refuse } from "../protocol/refusal";
import type { PullContext } from "./context";
import { fetchPages } from "./fetch-pages";
import type { VerifiedHeader } from "./verify";

/** Shows the edition and returns null, or the refusal of its manifest or a page. */
export async function switchToEdition(
  context: PullContext,
  channel: string,
  verified: VerifiedHeader,
  signed: SignedStatement,
  manifest: Manifest,
): Promise<Refusal | null> {
  const { store, verifier } = context;
  const [first, rest] = [firstText(manifest), restText(manifest)];
  const { statement, trust, confirmed } = verified;
  const proven = (await verifier.digest(first)) === statement.first && (await verifier.digest(rest)) === statement.rest;
  if (!proven) return refuse("manifest-false");
  const missing = await store.missing([...new Set(manifest.entries.map((entry) => entry.digest))]);
  const problem = await fetchPages(context, channel, missing);
  if (isRefusal(problem)) return problem;
  const whole = { ...signed, first, rest };
  await store.show({ channel, whole, early: null, confirmed: confirmed || statement.date }, trust, true);
  await store.sweep(channel);
  return null;
}
