/** The readable text of a page, for search and extracts: tags out, references resolved. Pages are our own renderer's, so this need not parse HTML. */

import { fragmentOf } from "./page";

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** What a page says below its heading, which repeats the title. */
export function textOfPage(body: string): string {
  return textOfHtml(fragmentOf(body).replace(/<h1\b.*?<\/h1>/s, " "));
}

export function textOfHtml(html: string): string {
  const plain = html.replace(/<(svg|style|script)\b.*?<\/\1>/gs, " ").replace(/<[^>]*>/g, " ");
  return plain
    .replace(/&(?:#(\d+)|#x([0-9a-f]+)|([a-z]+));/gi, reference)
    .replace(/\s+/g, " ")
    .trim();
}

function reference(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole;
  const point = decimal !== undefined ? Number(decimal) : parseInt(hex as string, 16);
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
}
