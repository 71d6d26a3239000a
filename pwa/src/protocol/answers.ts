/** Answers as they are given, sent and spoken of in expressions (PROTOCOL.md, section 9). Twin: sync/forms/answer_checks.py. */

import { momentOf, toNumber } from "./conversions";
import type { Question, QuestionType } from "./form";

/** An attachment of a draft, by the key it is kept under; what is sent names it by its place in `files`. */
export interface Attached {
  readonly file: string;
}

export type Given = string | number | boolean | readonly string[] | Attached;

/** The answers of a form or of one instance of a repeat, by name. A draft also holds what is irrelevant now. */
export interface Answers {
  [name: string]: Given | Answers[];
}

export const TEXT_LIMIT = 10_000;
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/;
const DECIMAL_LIMIT = 17;

export function isAttached(given: unknown): given is Attached {
  return typeof given === "object" && given !== null && "file" in given;
}

/** What expressions see of an answer. An attachment's text is its place, which the filling knows. */
export function givenText(given: Given | undefined): string {
  if (given === undefined || given === false) return "";
  if (given === true) return "OK";
  if (typeof given === "string") return given;
  if (typeof given === "number") return String(given);
  return isAttached(given) ? given.file : given.join(" ");
}

/** The answer that a text stands for (a calculation, a default); undefined when it is none of that type. */
export function answerOf({ type, decimals }: Pick<Question, "type" | "decimals">, text: string): Given | undefined {
  if (text === "") return undefined;
  switch (type) {
    case "integer":
      return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) + 0 : undefined;
    case "decimal":
      return decimalOf(text);
    case "select_multiple":
      return text.split(" ");
    case "acknowledge":
      return text === "OK" ? true : undefined;
    case "geopoint":
      return isPoint(text, decimals ?? 0) ? text : undefined;
    case "image":
    case "audio":
    case "note":
      return undefined;
    default:
      return isText(type, text) ? text : undefined;
  }
}

/** Whether a text has the form that its type asks for. */
export function isText(type: QuestionType, text: string): boolean {
  if (type === "date") return text.length === 10 && momentOf(text) !== null;
  if (type === "time") return text.length === 5 && momentOf(text)?.days === undefined && momentOf(text) !== null;
  if (type === "datetime") return text.length === 16 && momentOf(text) !== null;
  return text !== "" && [...text].length <= TEXT_LIMIT;
}

export function isDecimal(text: string): boolean {
  return text.length <= DECIMAL_LIMIT && DECIMAL.test(text) && text !== "-0";
}

/** The one way to write a decimal number; undefined for what is none or has too many digits. */
export function decimalOf(text: string): string | undefined {
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text.trim()) ?? [];
  if (whole + fraction === "") return undefined;
  const kept = fraction.replace(/0+$/, "");
  const made = `${whole.replace(/^0+(?=\d)/, "") || "0"}${kept && `.${kept}`}`;
  const signed = made === "0" ? made : sign + made;
  return isDecimal(signed) ? signed : undefined;
}

/** A place on earth, rounded so that it names a neighbourhood and no house. */
export function pointText(latitude: number, longitude: number, decimals: number): string {
  return [latitude, longitude].map((each) => each.toFixed(decimals).replace(/^-(0(?:\.0+)?)$/, "$1")).join(" ");
}

export function isPoint(text: string, decimals: number): boolean {
  const form = new RegExp(`^-?\\d{1,3}${decimals > 0 ? `\\.\\d{${decimals}}` : ""}$`);
  const [latitude, longitude, more] = text.split(" ");
  if (latitude === undefined || longitude === undefined || more !== undefined) return false;
  return (
    form.test(latitude) &&
    form.test(longitude) &&
    Math.abs(toNumber(latitude)) <= 90 &&
    Math.abs(toNumber(longitude)) <= 180
  );
}
