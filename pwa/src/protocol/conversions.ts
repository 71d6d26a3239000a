/**
 * Values of expressions and their conversions (PROTOCOL.md, section 8). Twin: sync/forms/conversions.py.
 * Both languages must agree to the last digit: answers are checked on the phone and again by their reader.
 */

/** A value of an expression. A list, which only `$` gives, holds the values of a question in order. */
export type Value = string | number | boolean | readonly string[];

const SECONDS_PER_DAY = 86_400;
const NUMBER = /^-?(?:\d+(?:\.\d*)?|\.\d+)$/;
const DATE = /^([1-9]\d{3})-(\d{2})-(\d{2})(?:T(.+))?$/;
const TIME = /^(\d{2}):(\d{2})(?::(\d{2}))?$/;
const BLANK = /^[ \t\r\n]+|[ \t\r\n]+$/g;

export function toText(value: Value): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "true" : "false";
  return typeof value === "number" ? numberText(value) : (value[0] ?? "");
}

export function toNumber(value: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  const text = toText(value).replace(BLANK, "");
  if (NUMBER.test(text)) return Number(text);
  const moment = parseDateTime(text);
  return moment ? toDays(moment) : NaN;
}

export function toBoolean(value: Value): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return value !== 0 && !Number.isNaN(value);
  return toText(value) !== "";
}

/** True if two values are equal as booleans if one is a boolean, else as numbers if one is a number, else as texts. */
export function areEqual(a: Value, b: Value): boolean {
  if (typeof a === "boolean" || typeof b === "boolean") return toBoolean(a) === toBoolean(b);
  if (typeof a === "number" || typeof b === "number") return toNumber(a) === toNumber(b);
  return toText(a) === toText(b);
}

/** The shortest decimal digits that parse to the same number, never with an exponent. */
export function numberText(value: number): string {
  if (value === 0) return "0"; // and never -0
  const text = String(value);
  const [, sign = "", whole = "", fraction = "", exponent] = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? [];
  if (exponent === undefined) return text;
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  return sign + (point <= 0 ? `0.${"0".repeat(-point)}${digits}` : digits.padEnd(point, "0"));
}

/** A day, a time of day, or both. `days` since 1970-01-01. */
export interface DateAndTime {
  readonly days: number | undefined;
  /** Seconds since midnight; undefined if the text has no time. */
  readonly seconds: number | undefined;
}

export function toDays({ days = 0, seconds = 0 }: DateAndTime): number {
  return (days * SECONDS_PER_DAY + seconds) / SECONDS_PER_DAY;
}

/** Parses a date, a time or both, in the notation of XLSForms; null for anything else. */
export function parseDateTime(text: string): DateAndTime | null {
  const [, year, month, day, after] = DATE.exec(text) ?? [];
  if (year === undefined) {
    const seconds = secondsOf(text);
    return seconds === null ? null : { days: undefined, seconds };
  }
  const days = daysOf(Number(year), Number(month), Number(day));
  const seconds = after === undefined ? undefined : secondsOf(after);
  return days === null || seconds === null ? null : { days, seconds };
}

/** The date (YYYY-MM-DD) that is `days` after 1970-01-01; "" outside the years 1000 to 9999. */
export function dateText(days: number): string {
  const date = new Date(days * SECONDS_PER_DAY * 1000);
  const year = date.getUTCFullYear();
  return year >= 1000 && year <= 9999
    ? `${year}-${twoDigits(date.getUTCMonth() + 1)}-${twoDigits(date.getUTCDate())}`
    : "";
}

export function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

function daysOf(year: number, month: number, day: number): number | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
    ? date.getTime() / (SECONDS_PER_DAY * 1000)
    : null;
}

function secondsOf(text: string): number | null {
  const [, hours, minutes, seconds = "0"] = TIME.exec(text) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  return (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
}
