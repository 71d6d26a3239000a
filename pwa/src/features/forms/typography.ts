/** No-break spaces of French, as pages have them, so that no line begins with a question mark. Pure. */

/** Inserts no-break spaces before `:;?!»` and after `«` in text. */
export function frenchSpacing(text: string): string {
  return text.replace(/ (?=[:;?!»])/g, "\u00a0").replace(/« /g, "«\u00a0");
}
