/**
 * The answer that a question of each type takes from the value of an expression, as text (PROTOCOL.md, section 8).
 * Filling, finishing and checking a form share this one definition. "" means that the question has no answer: NaN and
 * infinities, and whatever its type cannot hold. Twin: sync/forms/answer_conversions.py.
 */
import { MAX_TEXT_LENGTH, shortenDecimal } from "./answers";
import { type Value, dateText, numberText, parseDateTime, toDays, toNumber, toText, twoDigits } from "./conversions";

const SECONDS_PER_DAY = 86_400;

/** The first 10,000 characters of a text. */
export function toTextAnswer(value: Value): string {
  if (typeof value === "number" && !Number.isFinite(value)) return "";
  const text = toText(value);
  return text.length <= MAX_TEXT_LENGTH ? text : [...text].slice(0, MAX_TEXT_LENGTH).join("");
}

/** The number without its fraction; none beyond what every JSON reader keeps exactly. */
export function toIntegerAnswer(value: Value): string {
  const number = toNumber(value);
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER ? String(Math.trunc(number) + 0) : "";
}

export function toDecimalAnswer(value: Value): string {
  const number = toNumber(value);
  return Number.isFinite(number) ? shortenDecimal(numberText(number)) : "";
}

export function toDateAnswer(value: Value): string {
  const days = typeof value === "number" ? value : (parseDateTime(toText(value))?.days ?? toNumber(value));
  return Number.isFinite(days) ? dateText(Math.floor(days)) : "";
}

/** The hour and minute of a time or of a date with time; a number names no time of day. */
export function toTimeAnswer(value: Value): string {
  const seconds = typeof value === "number" ? undefined : parseDateTime(toText(value))?.seconds;
  return seconds === undefined ? "" : timeText(seconds);
}

/** The date and minute. A date alone begins at midnight; a number counts days since 1970-01-01. */
export function toDatetimeAnswer(value: Value): string {
  const moment = typeof value === "number" ? null : parseDateTime(toText(value));
  if (moment && moment.days === undefined) return "";
  const days = moment ? toDays(moment) : toNumber(value);
  if (!Number.isFinite(days)) return "";
  const seconds = Math.floor(days * SECONDS_PER_DAY + 0.5);
  const day = Math.floor(seconds / SECONDS_PER_DAY);
  const date = dateText(day);
  return date && `${date}T${timeText(seconds - day * SECONDS_PER_DAY)}`;
}

function timeText(seconds: number): string {
  return `${twoDigits(Math.floor(seconds / 3600))}:${twoDigits(Math.floor(seconds / 60) % 60)}`;
}
