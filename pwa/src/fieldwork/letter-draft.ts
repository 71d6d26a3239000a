/**
 * Keeps the draft of a complaint letter in sessionStorage, by question: the next letter of the same complaint is
 * filled with the same answers to the same questions. It ends with the tab; where the browser refuses storage, with
 * the page.
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

export function saveLetterDraft(draft: LetterDraft): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ ...readLetterDraft(), ...draft }));
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
