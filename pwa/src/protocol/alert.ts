/**
 * Alerts in push messages: signed, readable without a network (PROTOCOL.md, section 15).
 * Twin: sync/alerts/push_payload.py.
 */
import { type Json, type Verifier, canonical } from "./canonical";
import type { Trust } from "./trust";

/** `root` names the story; a phone shows one message of each. `sent`, `expires`: seconds, UTC. */
export interface AlertText {
  readonly id: string;
  readonly root: string;
  readonly status: string;
  readonly msgType: string;
  readonly lang: string;
  readonly headline: string;
  readonly text: string;
  readonly area: string;
  readonly severity: string;
  readonly sent: number;
  readonly expires: number;
  /** The ids of the messages whose place it took on this phone. */
  readonly earlier?: readonly string[];
}

type MessageFields = readonly [string, string, string, string, string, string, string, string, string, number, number];

/** Alerts that a phone remembers from pushes; the edition has all of them. */
const KEPT = 20;
const FORM = /^(Actual|Exercise|Test),(Alert|Update|Cancel),(Extreme|Severe|Moderate|Minor|Unknown)$/;

/** The message of a payload, or null unless the trusted key signed it. */
export async function verifyPayload(proofs: Verifier, trust: Trust, payload: string): Promise<AlertText | null> {
  const at = payload.indexOf("\n");
  const statement = payload.slice(0, at);
  let values: Json;
  try {
    values = JSON.parse(statement) as Json;
  } catch {
    return null;
  }
  if (!Array.isArray(values) || values.length !== 14 || canonical(values as Json) !== statement) return null;
  const [name, site, epoch, ...fields] = values as Json[];
  const [id, root, status, msgType, lang, headline, text, area, severity, sent, expires] =
    fields as unknown as MessageFields;
  const sound =
    name === "kunnafoni-alert/1" &&
    site === trust.site &&
    epoch === trust.epoch &&
    fields.every((value, index) => (index < 9 ? typeof value === "string" : typeof value === "number" && value >= 0)) &&
    FORM.test([status, msgType, severity].join()) &&
    (await proofs.verify(trust.key, statement, payload.slice(at + 1)));
  return sound ? { id, root, status, msgType, lang, headline, text, area, severity, sent, expires } : null;
}

/** The messages to keep after this one: the newest of each story, newest first. A late message changes nothing. */
export function addAlertText(messages: readonly AlertText[], message: AlertText): readonly AlertText[] {
  const previous = messages.find((other) => other.root === message.root);
  if (previous && (previous.sent > message.sent || previous.id === message.id)) return messages;
  const earlier = previous ? [previous.id, ...(previous.earlier ?? [])].slice(0, KEPT) : [];
  return [{ ...message, earlier }, ...messages.filter((other) => other !== previous)]
    .sort((first, other) => other.sent - first.sent)
    .slice(0, KEPT);
}

/** True until the alert expires; `now` in milliseconds. */
export function isInForce(message: AlertText, now: number): boolean {
  return message.msgType !== "Cancel" && message.expires * 1000 > now;
}
