/**
 * The words of a message, under keys at which spellings that are said alike meet: French as written, short messages.
 * Twin: sync/claims/message_words.py, pinned by tests/vectors/claims.json.
 */
import { terms } from "../protocol/folding";
import { soundOf } from "../search/sounds";

const WORD = /(?:[\p{L}\p{N}]|[\u0300-\u036f])+/gu;
/** Links, whose words are the sender's choice; the dates of a copied chat; marks of forwarding. */
const FORWARDED =
  /https?:\/\/\S+|\[?[0-9]{1,2}\/[0-9]{1,2}(?:\/[0-9]{2,4})?,? +(?:à +)?[0-9]{1,2}:[0-9]{2}\]?(?: *-)?|(?:transféré|forwarded) (?:plusieurs fois|many times|de nombreuses fois)/giu;

/** `written`: as in the message. `term`: folded. `key`: what it sounds like. */
export interface MessageWord {
  readonly written: string;
  readonly term: string;
  readonly key: string;
}

/** The words of a message, in order; single letters, links and marks of forwarding are left out. */
export function messageWords(text: string): MessageWord[] {
  return (text.replace(FORWARDED, " ").match(WORD) ?? []).flatMap((written) =>
    terms(written)
      .filter((term) => [...term].length > 1)
      .map((term) => ({ written, term, key: keyOf(term) })),
  );
}

/** The key of a folded word; an amount is a class: its number of digits. */
export function keyOf(term: string): string {
  const digits = /^[0-9]+/.exec(term);
  if (digits) return `~${digits[0].length}`;
  const sound = soundOf(term).replace(/m(?=[bp])/g, "n");
  return sound.length > 3 && /[tdspx]$/.test(sound) ? sound.slice(0, -1) : sound;
}
