/** Splits a query into folded, stemmed terms. Pure. */
import { terms } from "../protocol/folding";

/** Plurals in -s and -x are found by their singular and the other way round; one letter alone (l', d') is no word. */
export function stem(term: string): string | null {
  if (term.length < 2) return null;
  return term.length > 3 && /[sx]$/.test(term) ? term.slice(0, -1) : term;
}

export function queryTerms(question: string): string[] {
  return terms(question)
    .map(stem)
    .filter((term): term is string => term !== null);
}
