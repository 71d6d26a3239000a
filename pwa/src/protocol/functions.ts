/** Functions of expressions over evaluated arguments (PROTOCOL.md, section 8). Twin: sync/forms/functions.py. */
import { toDateAnswer } from "./answer-conversions";
import {
  type DateAndTime,
  type Value,
  dateText,
  parseDateTime,
  toBoolean,
  toDays,
  toNumber,
  toText,
  twoDigits,
} from "./conversions";

type FormFunction = (...values: readonly Value[]) => Value;

const TABLE: Readonly<Record<string, FormFunction>> = {
  true: () => true,
  false: () => false,
  not: (a) => !truth(a),
  boolean: (a) => truth(a),
  "boolean-from-string": (a) => ["true", "1"].includes(text(a)),

  selected: (list, name) => words(list).includes(text(name).replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "")),
  "count-selected": (list) => words(list).length,
  "selected-at": (list, n) => words(list)[Math.trunc(number(n))] ?? "",

  string: (a) => text(a),
  concat: (...values) => all(values).join(""),
  join: (between, ...values) => all(values).join(text(between)),
  "string-length": (a) => points(a).length,
  substr: (a, start, end) => substr(points(a), number(start), end === undefined ? Infinity : number(end)).join(""),
  "substring-before": (a, b) => text(a).slice(0, Math.max(0, text(a).indexOf(text(b)))),
  "substring-after": (a, b) =>
    text(a).includes(text(b)) ? text(a).slice(text(a).indexOf(text(b)) + text(b).length) : "",
  contains: (a, b) => text(a).includes(text(b)),
  "starts-with": (a, b) => text(a).startsWith(text(b)),
  "ends-with": (a, b) => text(a).endsWith(text(b)),
  translate: (a, from, to) => translate(points(a), points(from), points(to)),
  "normalize-space": (a) => blanks(text(a)).join(" "),
  regex: (a, pattern) => patternOf(text(pattern)).test(text(a)),

  number: (a) => number(a),
  int: (a) => Math.trunc(number(a)),
  round: (a, places) => round(number(a), places === undefined ? 0 : number(places)),
  floor: (a) => Math.floor(number(a)),
  ceiling: (a) => Math.ceil(number(a)),
  abs: (a) => Math.abs(number(a)),
  sqrt: (a) => Math.sqrt(number(a)),
  pow: (a, n) => power(number(a), number(n)),
  sum: (list) => numbers([list as Value]).reduce((sum, value) => sum + value, 0),
  count: (list) => all([list as Value]).length,
  "count-non-empty": (list) => all([list as Value]).filter((text) => text !== "").length,
  min: (...values) => extreme(values, Math.min),
  max: (...values) => extreme(values, Math.max),

  date: (a) => toDateAnswer(a as Value),
  "decimal-date-time": (a) => daysOf(parseDateTime(typeof a === "number" ? toDateAnswer(a) : text(a))),
  "decimal-time": (a) => fractionOf(parseDateTime(text(a))),
  "format-date": (a, pattern) =>
    format(parseDateTime(typeof a === "number" ? toDateAnswer(a) : text(a)), text(pattern)),
  "format-date-time": (a, pattern) =>
    format(parseDateTime(typeof a === "number" ? toDateAnswer(a) : text(a)), text(pattern)),
};

/** By name. */
export const FUNCTIONS: ReadonlyMap<string, FormFunction> = new Map(Object.entries(TABLE));

function text(value: Value | undefined): string {
  return value === undefined ? "" : toText(value);
}

function number(value: Value | undefined): number {
  return value === undefined ? NaN : toNumber(value);
}

function truth(value: Value | undefined): boolean {
  return value !== undefined && toBoolean(value);
}

/** All texts of the values, lists spread. */
function all(values: readonly Value[]): string[] {
  return values.flatMap((value) => (typeof value === "object" ? value : [toText(value)]));
}

function numbers(values: readonly Value[]): number[] {
  return all(values).map(toNumber);
}

function extreme(values: readonly Value[], choose: (...numbers: number[]) => number): number {
  const operands = numbers(values);
  return operands.length > 0 ? choose(...operands) : NaN;
}

/** The code points of a value's text. */
function points(value: Value | undefined): string[] {
  return [...text(value)];
}

function blanks(value: string): string[] {
  return value.split(/[ \t\r\n]+/).filter((word) => word !== "");
}

/** The names in the text of a select_multiple's answer. */
function words(list: Value | undefined): string[] {
  return blanks(text(list));
}

function substr(from: readonly string[], start: number, end: number): readonly string[] {
  return from.slice(start || 0, end || 0); // NaN counts as 0
}

function translate(from: readonly string[], signs: readonly string[], others: readonly string[]): string {
  return from
    .map((sign) => {
      const at = signs.indexOf(sign);
      return at < 0 ? sign : (others[at] ?? "");
    })
    .join("");
}

const patterns = new Map<string, RegExp>();

function patternOf(source: string): RegExp {
  let pattern = patterns.get(source);
  if (!pattern) {
    pattern = new RegExp(`^(?:${source})$`, "u");
    patterns.set(source, pattern);
  }
  return pattern;
}

/** Rounds halves up, toward +Infinity. */
function round(value: number, places: number): number {
  if (Number.isNaN(places)) return NaN;
  const digits = Math.max(-6, Math.min(6, Math.trunc(places)));
  const scale = power(10, Math.abs(digits));
  return digits < 0 ? nearest(value / scale) * scale : nearest(value * scale) / scale;
}

function nearest(value: number): number {
  if (!Number.isFinite(value)) return value;
  const below = Math.floor(value);
  return value - below >= 0.5 ? below + 1 : below;
}

function power(value: number, times: number): number {
  let product = 1;
  for (let round = 0; round < times; round++) product *= value;
  return product;
}

function daysOf(moment: DateAndTime | null): number {
  return moment?.days === undefined ? NaN : toDays(moment);
}

function fractionOf(moment: DateAndTime | null): number {
  return moment ? toDays({ days: 0, seconds: moment.seconds ?? 0 }) : NaN;
}

function format(moment: DateAndTime | null, pattern: string): string {
  if (moment?.days === undefined) return "";
  const [year = "", month = "", day = ""] = dateText(moment.days).split("-");
  const { seconds = 0 } = moment;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const signs: Readonly<Record<string, string>> = {
    Y: year,
    y: year.slice(2),
    m: month,
    n: String(Number(month)),
    d: day,
    e: String(Number(day)),
    H: twoDigits(hours),
    h: String(hours),
    M: twoDigits(minutes),
    S: twoDigits(seconds % 60),
    "%": "%",
  };
  return pattern.replace(/%(.)/g, (whole, sign: string) => signs[sign] ?? whole);
}
