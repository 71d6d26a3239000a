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

/** The canonical notation of a decimal number; undefined if the text is none or its whole part is too long. */
export function normalizeDecimal(text: string): string | undefined {
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text.trim()) ?? [];
  if (whole + fraction === "") return undefined;
  return shortenDecimal(`${sign}${whole.replace(/^0+(?=\d)/, "") || "0"}.${fraction}`) || undefined;
}

/**
 * The decimal number rounded to what 17 characters hold, halves away from zero; "" if its whole part is longer.
 * `text`: `-?digits[.digits]`.
 */
export function shortenDecimal(text: string): string {
  const sign = text.startsWith("-") ? "-" : "";
  const [whole = "", fraction = ""] = text.slice(sign.length).split(".");
  const places = Math.max(0, DECIMAL_LIMIT - sign.length - whole.length - 1);
  const kept = whole + fraction.slice(0, places).padEnd(places, "0");
  const digits = (fraction[places] ?? "0") >= "5" ? increment(kept) : kept;
  const point = digits.length - places;
  const decimals = digits.slice(point).replace(/0+$/, "");
  const unsigned = digits.slice(0, point) + (decimals && `.${decimals}`);
  const rounded = unsigned === "0" ? unsigned : sign + unsigned;
  return rounded.length <= DECIMAL_LIMIT ? rounded : "";
}

/** The whole number after the one that these digits write. */
function increment(digits: string): string {
  const nines = /9*$/.exec(digits)?.[0].length ?? 0;
  const rest = digits.slice(0, digits.length - nines);
  return `${rest.slice(0, -1)}${Number(rest.slice(-1)) + 1}${"0".repeat(nines)}`;
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

const MAX_POINTS = 200;

/** True for the rounded points of a line, `lat lon;lat lon`, no point twice in a row; closed: back at the first. */
export function isLine(text: string, decimals: number, isClosed: boolean): boolean {
  const points = text.split(";");
  const hasSteps = points.every((point, index) => isPoint(point, decimals) && point !== points[index - 1]);
  if (!hasSteps || points.length > MAX_POINTS) return false;
  return isClosed ? points.length >= 4 && points[0] === points[points.length - 1] : points.length >= 2;
}
