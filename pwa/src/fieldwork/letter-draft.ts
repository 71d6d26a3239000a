/**
 * The words of a letter while its tab is open, by the question that asked for them: the next letter of a complaint asks for the same day and
 * link, and what answers another question does not slip into it. Closing the tab forgets them; where the browser refuses, the page does.
 */
const KEY = "letters";

export type LetterDraft = Record<string, string>;

export function readLetterDraft(): LetterDraft {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    return value !== null && typeof value === "object" ? (value as LetterDraft) : {};
  } catch {
    return {};
  }
}

export function saveLetterDraft(words: LetterDraft): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ ...readLetterDraft(), ...words }));
  } catch {
    // the page still has them
  }
}

export function dropLetterDraft(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // nothing was kept
  }
}
