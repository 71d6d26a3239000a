/**
 * Translations: the French sentence is the key, `/app/locale/{lang}.json` has the others; what is not translated
 * stays French.
 */

let translations: Readonly<Record<string, string>> = {};
let language = "fr";

export function setLanguage(lang: string, table: Readonly<Record<string, string>>): void {
  language = lang;
  translations = table;
}

/**
 * The sentence in the person's language, with its `{name}` placeholders filled. Call it with a literal: translators
 * get the literals.
 */
export function t(sentence: string, values: Readonly<Record<string, string | number>> = {}): string {
  const translation = translations[sentence] || sentence;
  return translation.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
}

/** A number of bytes as people say it: "41 ko", "1,2 Mo". */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000_000) return t("{n} ko", { n: formatNumber(Math.ceil(bytes / 1000), 0) });
  if (bytes < 1_000_000_000) return t("{n} Mo", { n: formatNumber(bytes / 1_000_000, 1) });
  return t("{n} Go", { n: formatNumber(bytes / 1_000_000_000, 1) });
}

export function formatNumber(value: number, digits: number): string {
  return new Intl.NumberFormat([language, "fr"], { maximumFractionDigits: digits }).format(value);
}

/** A day and a time of this phone's clock, written out. Twin: `Language.local_time` of sync/locale.py. */
export function formatDateTime(value: number): string {
  const time = new Date(value).toLocaleTimeString([language, "fr"], { timeStyle: "short" });
  return t("{date} à {time}", { date: formatDay(value, undefined), time });
}

/** A day (YYYY-MM-DD, or milliseconds) written out, in a time zone or in this phone's. */
export function formatDay(value: string | number, timeZone: string | undefined = "UTC"): string {
  const options: Intl.DateTimeFormatOptions = { day: "numeric", month: "long", year: "numeric" };
  const day = new Date(value).toLocaleDateString([language, "fr"], timeZone ? { ...options, timeZone } : options);
  return language === "fr" ? day.replace(/^1 /, "1er ") : day;
}
