/**
 * The lines of a filled letter: one whose blanks are all optional and empty is left out, and empty lines do not pile up.
 * Twin of tests/support/letter_words.py, pinned by tests/vectors/letters.json.
 */

/** A line of a letter. `isOptional`: it has blanks, none of them required. */
export interface LetterLine {
  readonly isEmpty: boolean;
  readonly isOptional: boolean;
  readonly isFilled: boolean;
}

/** For each line, whether it stands in the letter. */
export function keptLines(lines: readonly LetterLine[]): boolean[] {
  let hasText = false; // on the line that was kept last
  const kept = lines.map(({ isEmpty, isOptional, isFilled }) => {
    const stays = isEmpty ? hasText : !isOptional || isFilled;
    if (stays) hasText = !isEmpty;
    return stays;
  });
  for (let last = kept.lastIndexOf(true); last >= 0 && lines[last]?.isEmpty; last = kept.lastIndexOf(true))
    kept[last] = false;
  return kept;
}

/** Words as they fit behind `before`: people write "le 3 novembre" where the letter already says "le". */
export function afterArticle(before: string, words: string): string {
  return /(^|\s)le\s$/i.test(before) ? words.replace(/^le\s+/i, "") : words;
}
