/** Values of answers and their notations (PROTOCOL.md, section 9). Twin: sync/forms/question_types.py. */

import { toNumber } from "./conversions";

/** An attachment of a draft, by its key in the store. In a submission its index in `files` replaces it. */
export interface AttachmentRef {
  readonly file: string;
}

export type AnswerValue = string | number | boolean | readonly string[] | AttachmentRef;

/** The answers of a form or of one instance of a repeat, by name. A draft also keeps irrelevant ones. */
export interface Answers {
  [name: string]: AnswerValue | Answers[];
}

export const MAX_TEXT_LENGTH = 10_000;
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/;
const DECIMAL_LIMIT = 17;

export function isAttachmentRef(value: unknown): value is AttachmentRef {
  return typeof value === "object" && value !== null && "file" in value;
}

export function isDecimal(text: string): boolean {
  return text.length <= DECIMAL_LIMIT && DECIMAL.test(text) && text !== "-0";
}

/** The canonical notation of a decimal number; undefined if the text is none or has too many digits. */
export function normalizeDecimal(text: string): string | undefined {
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text.trim()) ?? [];
  if (whole + fraction === "") return undefined;
  const digits = fraction.replace(/0+$/, "");
  const unsigned = `${whole.replace(/^0+(?=\d)/, "") || "0"}${digits && `.${digits}`}`;
  const signed = unsigned === "0" ? unsigned : sign + unsigned;
  return isDecimal(signed) ? signed : undefined;
}

/** The rounded point `lat lon`, without negative zero. */
export function formatPoint(latitude: number, longitude: number, decimals: number): string {
  return [latitude, longitude]
    .map((coordinate) => coordinate.toFixed(decimals).replace(/^-(0(?:\.0+)?)$/, "$1"))
    .join(" ");
}

export function isPoint(text: string, decimals: number): boolean {
  const form = new RegExp(`^-?(?:0|[1-9]\\d{0,2})${decimals > 0 ? `\\.\\d{${decimals}}` : ""}$`);
  const [latitude, longitude, more] = text.split(" ");
  if (latitude === undefined || longitude === undefined || more !== undefined) return false;
  return (
    form.test(latitude) &&
    form.test(longitude) &&
    Math.abs(toNumber(latitude)) <= 90 &&
    Math.abs(toNumber(longitude)) <= 180
  );
}
