/**
 * Pasted texts as Markdown: headings, lists, bold and links of a word processor or a page, and WhatsApp's `*bold*`.
 * Everything else of a pasted page is dropped; Markdown that was typed in it stays. A pure function over nodes, so that
 * tests need no browser.
 */

/** The part of a DOM node that is read; `nodeName` in capitals for elements of HTML, not for those of SVG. */
export interface PastedNode {
  readonly nodeName: string;
  readonly nodeValue: string | null;
  readonly childNodes: ArrayLike<PastedNode>;
  getAttribute?(name: string): string | null;
}

const DROPPED = /^(?:HEAD|STYLE|SCRIPT|TITLE|META|LINK|TEMPLATE|SVG|OBJECT|IFRAME|#COMMENT)$/;
const BLOCK = /^(?:P|DIV|SECTION|ARTICLE|MAIN|HEADER|FOOTER|BLOCKQUOTE|TABLE|TR|TD|TH|UL|OL|LI|PRE|DL|DT|DD|H[1-6])$/;
const MESSAGE_HEAD = /^\[\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4},? \d{1,2}:\d{2}(?::\d{2})?(?:\s?[AP]M)?\] [^:\n]{1,60}: /gm;
const CODE = /(^|[\s([«"':])(\*\d+(?:\*[\p{L}\d]+)+#)/gmu; // to dial: *144*1#
const MARKED = /(^|[\s([«"'])([*_~])((?!\2)\S(?:(?:(?!\2)[^\n])*(?!\2)\S)?)\2(?=$|[\s.,;:!?)\]»"'])/gm;
// Marks that somebody typed, and signs that Markdown would take for some.
const TYPED_OR_SIGN = /(\*\*\p{L}(?:[^*\n]*[^\s*])?\*\*|\[[^[\]\n]+\]\(https?:\/\/[^\s()<>]+\))|[\\*`[<]/gu;
const TYPED_LINE = /^(?:#{1,6}|[-*+]|\d{1,2}[.)])[^\S\n]+\S/m;
const YEAR = /^([^\S\n]*\d{3,})(?=[.)](?:\s|$))/gm; // a number that begins a line, and is no step
const SIGN_AT_START = /^(?:>|#(?!#{1,3}\s))/; // a quotation, a hash; a heading of two to four stays
const MAX_DEPTH = 100; // elements inside each other: deeper ones are dropped

/** The Markdown of a pasted page; "" if it has no text. */
export function markdownFromNodes(root: PastedNode): string {
  const blocks: string[] = [];
  const line: string[] = []; // pieces
  let mark = "";
  let isInHeading = false;

  const endBlock = (): void => {
    const text = joinBold(line.join(""))
      .replace(/[^\S\n]+/g, " ")
      .replace(/ ?\n ?/g, "\n")
      .trim();
    if (text) blocks.push(escapeYears(mark ? text.replace(/\n+/g, " ") : text.replace(SIGN_AT_START, "\\$&"), mark));
    if (text) mark = "";
    line.length = 0;
  };

  const visit = (node: PastedNode, depth: number, list: string, isBold: boolean): void => {
    const name = node.nodeName.toUpperCase();
    if (name === "#TEXT") {
      const text = (node.nodeValue ?? "").replace(/[\s\u00a0]+/g, " ").replace(TYPED_OR_SIGN, escapeSign);
      line.push(isBold && !isInHeading ? bold(text) : text);
      return;
    }
    const style = node.getAttribute?.("style") ?? "";
    if (DROPPED.test(name) || depth > MAX_DEPTH || /mso-list:\s*ignore|display:\s*none/i.test(style)) return;
    if (name === "BR") {
      line.push("\n");
      return;
    }
    const isBlock = BLOCK.test(name);
    if (isBlock) endBlock();
    const heading = /^H([1-6])$/.exec(name);
    const wasInHeading = isInHeading;
    isInHeading = isInHeading || heading !== null;
    if (heading) mark = `${"#".repeat(Math.min(4, Math.max(2, Number(heading[1]))))} `;
    const isWordItem = /mso-list:\s*l\d/i.test(style);
    if (name === "LI") mark = list;
    else if (isWordItem) mark = /^\s*\(?\w{1,3}[.)]/.test(textOf(node, 0)) ? "1. " : "- ";
    const here = name === "UL" ? "- " : name === "OL" ? "1. " : list;
    const [from, blockCount] = [line.length, blocks.length];
    for (const child of Array.from(node.childNodes)) visit(child, depth + 1, here, setsBold(name, style, isBold));
    if (name === "A" && blocks.length === blockCount)
      line.push(link(line.splice(from).join(""), node.getAttribute?.("href") ?? ""));
    isInHeading = wasInHeading;
    if (!isBlock) return;
    endBlock();
    if (heading || name === "LI" || isWordItem) mark = ""; // of an item without words
  };

  visit(root, 0, "- ", false);
  endBlock();
  return joinBlocks(blocks);
}

/**
 * A message copied out of WhatsApp: its bold as Markdown, other marks and the senders' names left out. Stars of codes to
 * dial are escaped, since Markdown would read a pair of them as marks.
 */
export function markdownFromMessage(text: string): string {
  const message = text
    .replace(MESSAGE_HEAD, "")
    .replace(/```([^`]+)```/g, "$1")
    .replace(CODE, (_all, before: string, code: string) => before + code.replace(/\*/g, "\\*"))
    .replace(MARKED, (all: string, before: string, mark: string, words: string) => {
      if (!/\p{L}/u.test(words)) return all; // numbers and signs
      return before + (mark === "*" ? `**${words}**` : words);
    });
  return escapeYears(message);
}

/** True for a text with a heading, an item, bold words or a link as Markdown has them. */
export function readsAsMarkdown(text: string): boolean {
  return TYPED_LINE.test(text) || Array.from(text.matchAll(TYPED_OR_SIGN)).some(([, typed]) => typed);
}

/** True if a page has a heading, an item, bold words or a link of its own, and not only paragraphs. */
export function hasMarks(node: PastedNode, depth = 0): boolean {
  const name = node.nodeName.toUpperCase();
  if (DROPPED.test(name) || depth > MAX_DEPTH) return false;
  const style = node.getAttribute?.("style") ?? "";
  if (/^(?:H[1-6]|LI|A)$/.test(name) || /mso-list/i.test(style) || setsBold(name, style, false)) return true;
  return Array.from(node.childNodes).some((child) => hasMarks(child, depth + 1));
}

function escapeSign(sign: string, typed?: string): string {
  return typed ?? `\\${sign}`;
}

/** A mark and its text, in which no year begins a list. */
function escapeYears(text: string, mark = ""): string {
  return mark + text.replace(YEAR, "$1\\");
}

function setsBold(name: string, style: string, isBold: boolean): boolean {
  const weight = /font-weight:\s*(\w+)/i.exec(style)?.[1]?.toLowerCase();
  if (weight) return weight === "bold" || weight === "bolder" || Number(weight) >= 600;
  return isBold || name === "B" || name === "STRONG";
}

/** Bold words with the spaces at their ends outside the marks, where Markdown wants them. */
function bold(text: string): string {
  const words = text.trim();
  return words ? text.replace(words, () => `**${words}**`) : text;
}

/** Neighbouring bold pieces, which programs cut at will, as one. */
function joinBold(line: string): string {
  return line.replace(/\*\*(\s*)\*\*/g, "$1");
}

function link(words: string, address: string): string {
  const text = words.trim();
  return text && /^https?:\/\/[^\s()<>]+$/.test(address) ? `[${text.replace(/\]/g, "\\]")}](${address})` : words;
}

function textOf(node: PastedNode, depth: number): string {
  if (node.nodeName === "#text") return node.nodeValue ?? "";
  if (DROPPED.test(node.nodeName.toUpperCase()) || depth > MAX_DEPTH) return "";
  return Array.from(node.childNodes, (child) => textOf(child, depth + 1)).join("");
}

/** Blocks with an empty line between; items of a list follow each other, and steps are numbered. */
function joinBlocks(blocks: readonly string[]): string {
  let text = "";
  let step = 0;
  let last = "";
  for (const block of blocks) {
    const kind = /^(?:- |1\. )/.exec(block)?.[0] ?? "";
    step = kind === "1. " && last === kind ? step + 1 : 1;
    const numbered = kind === "1. " ? `${step}. ${block.slice(kind.length)}` : block;
    text += (text ? (kind && kind === last ? "\n" : "\n\n") : "") + numbered;
    last = kind;
  }
  return text;
}
