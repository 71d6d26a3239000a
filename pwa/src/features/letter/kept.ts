/**
 * The words of a letter while its tab is open, by the name of their place: the next letter of a complaint asks for the same day, link and
 * account. Closing the tab forgets them; where the browser refuses, they are only as old as the page.
 */
const KEY = "letters";

export type Words = Record<string, string>;

export function kept(): Words {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    return value !== null && typeof value === "object" ? (value as Words) : {};
  } catch {
    return {};
  }
}

export function keep(words: Words): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ ...kept(), ...words }));
  } catch {
    // the page still has them
  }
}

export function drop(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // nothing was kept
  }
}
