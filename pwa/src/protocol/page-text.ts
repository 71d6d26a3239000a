/**
 * The readable text of a page, for search and excerpts: without tags, references resolved.
 * Pages come from our own renderer, so that no HTML parser is needed.
 */

import { fragmentOf } from "./page";

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** The text below the page's heading, which repeats the title. */
export function textOfPage(body: string): string {
  return textOfHtml(fragmentOf(body).replace(/<h1\b.*?<\/h1>/s, " "));
}

/** The value of an attribute of the page's heading, references unresolved; "" without it. */
export function headingAttribute(body: string, name: string): string {
  const [, quoted, plain] = new RegExp(`<h1\\b[^>]* ${name}=(?:"([^"]*)"|([^\\s">]+))`).exec(body) ?? [];
  return quoted ?? plain ?? "";
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
