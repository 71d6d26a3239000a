/** Verifies a feed's header: the chain of keys, the statement, its order, its freshness. */

import type { Holding, SignedStatement } from "../db/store-contract";
import type { Verifier } from "../protocol/canonical";
import { type Statement, parseStatement } from "../protocol/edition-statement";
import type { FeedHeader } from "../protocol/feed";
import { type Refusal, isRefusal } from "../protocol/refusal";
import {
  type Freshness,
  type Trust,
  acceptStatement,
  confirmationDate,
  firstTrust,
  followChain,
} from "../protocol/trust";

export interface VerifiedHeader {
  readonly id: string;
  /** The statement with the key that verified it, not the key that the header names. */
  readonly signed: SignedStatement;
  readonly statement: Statement;
  readonly trust: Trust;
  /** YYYY-MM-DD: the publisher's last confirmation that this is the head; "" where the feed does not lead there. */
  readonly confirmed: string;
}

/** The newest statement that this phone has accepted, whole or in part. */
export function newestStatement(holding: Holding | undefined): Statement | null {
  const text = holding?.early?.statement ?? holding?.whole?.statement;
  const statement = text === undefined ? null : parseStatement(text);
  return isRefusal(statement) ? null : statement;
}

export async function verifyHeader(
  verifier: Verifier,
  channel: string,
  header: FeedHeader,
  heldTrust: Trust | undefined,
  holding: Holding | undefined,
): Promise<VerifiedHeader | Refusal> {
  const trust = heldTrust
    ? await followChain(verifier, heldTrust, header.chain)
    : await firstTrust(verifier, header.link);
  if (isRefusal(trust)) return trust;
  const [, text, signature] = header.link;
  const statement = await acceptStatement(verifier, trust, channel, text, signature, newestStatement(holding));
  if (isRefusal(statement)) return statement;
  const confirmed = header.fresh ? await confirmationDate(verifier, trust, statement, header.fresh) : null;
  const id = await verifier.digest(text);
  return {
    id,
    signed: { id, key: trust.key, statement: text, signature },
    statement,
    trust,
    confirmed: confirmed ?? "",
  };
}

/** The holding, with a later date of confirmation where the freshness is valid for the edition held whole. */
export async function withConfirmation(
  verifier: Verifier,
  trust: Trust,
  holding: Holding,
  fresh: Freshness | null,
): Promise<Holding> {
  const statement = holding.whole && fresh ? parseStatement(holding.whole.statement) : null;
  if (!statement || !fresh || isRefusal(statement)) return holding;
  const date = await confirmationDate(verifier, trust, statement, fresh);
  return date !== null && date > holding.confirmed ? { ...holding, confirmed: date } : holding;
}
