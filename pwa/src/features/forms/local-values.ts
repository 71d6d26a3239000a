/** Numbers and days as people write them in the page's language, in place of their notation in answers. */
import { formatDay, formatNumber, t } from "../../ui/i18n";

const NUMBER = /^(-?(?:0|[1-9]\d*))(?:\.(\d+))?$/;
const DAY = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d))?$/;
const MOST_DIGITS = 15;
/** Digits that are written without a space: a year is no number of people. */
const UNGROUPED = 4;

/** The value of a question or of a calculation. A long row of digits is a code, and so is one that begins with 0. */
export function localValue(text: string): string {
  const [, day, time] = DAY.exec(text) ?? [];
  if (day !== undefined)
    return time === undefined ? formatDay(day) : t("{date} à {time}", { date: formatDay(day), time });
  const [, whole, fraction] = NUMBER.exec(text) ?? [];
  if (whole === undefined || text.length > MOST_DIGITS) return text;
  const digits = whole.length > UNGROUPED ? formatNumber(Number(whole), 0) : whole;
  return fraction === undefined ? digits : `${digits}${formatNumber(0.5, 1).charAt(1)}${fraction}`;
}
