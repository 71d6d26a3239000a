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

/** A day and a time of this phone's clock, written out. */
export function formatDateTime(value: number): string {
  return new Date(value).toLocaleString([language, "fr"], { dateStyle: "long", timeStyle: "short" });
}

/** A day (YYYY-MM-DD, or milliseconds) written out. */
export function formatDay(value: string | number): string {
  return new Intl.DateTimeFormat([language, "fr"], {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  }).format(new Date(value));
}
