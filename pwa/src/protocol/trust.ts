/** Trust in a site's key, and acceptance of editions (PROTOCOL.md, section 3). Twin: sync/editions/trust.py. */
import type { Verifier } from "./canonical";
import { type Statement, compareOrder, freshnessText, isDate, parseStatement } from "./edition-statement";
import { type Refusal, isRefusal, refuse } from "./refusal";

/** One edition of a key's epoch: public key, statement, signature. */
export type RotationLink = readonly [key: string, statement: string, signature: string];

/** The key that a phone trusts for a site, and the digest of the next one. */
export interface Trust {
  readonly site: string;
  readonly epoch: number;
  readonly key: string;
  readonly nextKeyDigest: string;
}

/** Trust on first use: the statement must verify under the key sent with it. */
export async function firstTrust(proofs: Verifier, link: RotationLink): Promise<Trust | Refusal> {
  const statement = await verifyStatement(proofs, link);
  if (isRefusal(statement)) return statement;
  return { site: statement.site, epoch: statement.epoch, key: link[0], nextKeyDigest: statement.nextKeyDigest };
}

/** Trust after the rotations of a chain; links of past epochs are skipped. Refuses at the first invalid link. */
export async function followChain(
  proofs: Verifier,
  trust: Trust,
  chain: readonly RotationLink[],
): Promise<Trust | Refusal> {
  for (const link of chain) {
    const statement = await verifyStatement(proofs, link);
    if (isRefusal(statement)) return statement;
    if (statement.epoch <= trust.epoch) continue;
    const committed = (await proofs.keyDigest(link[0])) === trust.nextKeyDigest;
    if (statement.epoch !== trust.epoch + 1 || statement.site !== trust.site || !committed)
      return refuse("rotation-not-committed");
    trust = { site: trust.site, epoch: statement.epoch, key: link[0], nextKeyDigest: statement.nextKeyDigest };
  }
  return trust;
}

/** The statement, or a refusal if this phone must not accept its edition. `held`: the phone's newest statement. */
export async function acceptStatement(
  proofs: Verifier,
  trust: Trust,
  channel: string,
  text: string,
  signature: string,
  newest: Statement | null,
): Promise<Statement | Refusal> {
  const statement = parseStatement(text);
  if (isRefusal(statement)) return statement;
  if (statement.site !== trust.site) return refuse("other-site");
  if (statement.channel !== channel) return refuse("other-channel");
  if (statement.epoch !== trust.epoch) return refuse("other-epoch");
  if (!(await proofs.verify(trust.key, text, signature))) return refuse("signature-false");
  if (statement.nextKeyDigest !== trust.nextKeyDigest) return refuse("next-key-changed");
  const order = newest ? compareOrder(statement, newest) : 1;
  if (order < 0 || (order === 0 && statement.text !== newest?.text)) return refuse("edition-older");
  return statement;
}

/** The date on which the publisher signed that this statement was the head, or null if the freshness is invalid. */
export async function confirmationDate(
  proofs: Verifier,
  trust: Trust,
  statement: Statement,
  fresh: Freshness,
): Promise<string | null> {
  const [date, signature] = fresh;
  if (!isDate(date) || statement.epoch !== trust.epoch) return null;
  return (await proofs.verify(trust.key, freshnessText(statement, date), signature)) ? date : null;
}

export type Freshness = readonly [date: string, signature: string];

/** The value of the header `Kunnafoni-Fresh`, or null. */
export function parseFreshness(value: string | null): Freshness | null {
  const [date, signature, more] = value?.split(" ") ?? [];
  return date && signature && more === undefined ? [date, signature] : null;
}

async function verifyStatement(proofs: Verifier, [key, text, signature]: RotationLink): Promise<Statement | Refusal> {
  const statement = parseStatement(text);
  if (isRefusal(statement)) return statement;
  return (await proofs.verify(key, text, signature)) ? statement : refuse("signature-false");
}
