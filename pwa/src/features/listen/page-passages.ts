/**
 * Finds the sentences of a page as they stand on it, and wraps each so that it can be marked while it is read. What a
 * person typed is never handed to a voice, which may ask the network: neither what stands in a field nor the text of
 * `[data-typed]`, in whose place the value of that attribute is said.
 */
import { splitSentences } from "./sentences";
import { spokenForm } from "./spoken-forms";

export interface SpokenPassage {
  /** The form that is handed to a voice. */
  readonly spoken: string;
  readonly lang: string;
  /** The pieces of the sentence on the page. */
  readonly pieces: readonly HTMLElement[];
  /** The step, heading or paragraph that it is part of. */
  readonly block: Element;
  /** A link of this site in it, which a person who listens can open. */
  readonly link: HTMLAnchorElement | null;
}

const BLOCKS = "h1,h2,h3,h4,p,li,blockquote,small,dt,dd,td,th,summary,address,pre,label,legend,.letter";
const SILENT =
  "[hidden],[rel=up],script,svg,audio,button,select,textarea,footer,details:not([open])>:not(summary),ul[data-holes],[data-feature]:not(.letter)";
const OWN = "data-said";

interface Group {
  readonly block: Element;
  readonly nodes: readonly Text[];
}

export function wrapPassages(main: HTMLElement): readonly SpokenPassage[] {
  return groupTexts(main).flatMap(wrapGroup);
}

/** Takes the wrappings away: the page is as it was. */
export function unwrapPassages(main: HTMLElement): void {
  for (const piece of main.querySelectorAll(`[${OWN}]`)) {
    const parent = piece.parentNode;
    piece.replaceWith(...piece.childNodes);
    parent?.normalize();
  }
}

/** The texts of each block in order; a line break begins a new group. */
function groupTexts(main: HTMLElement): readonly Group[] {
  const groups: { block: Element; nodes: Text[] }[] = [];
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode as Text;
    const parent = node.parentElement;
    if (!parent || !node.data.trim() || parent.closest(SILENT)) continue;
    const block = parent.closest(BLOCKS) ?? parent;
    const last = groups[groups.length - 1];
    if (last && last.block === block && node.previousSibling?.nodeName !== "BR") last.nodes.push(node);
    else groups.push({ block, nodes: [node] });
  }
  return groups;
}

function wrapGroup({ block, nodes }: Group): readonly SpokenPassage[] {
  const words = nodes.map(
    (node) => node.parentElement?.closest<HTMLElement>("[data-typed]")?.dataset.typed ?? node.data,
  );
  const text = words.join("");
  const lang = block.closest("[lang]")?.getAttribute("lang") ?? "";
  const spans = splitSentences(text);
  const pieces = spans.map((): HTMLElement[] => []);
  let offset = 0;
  nodes.forEach((node, place) => {
    const { length } = words[place] ?? "";
    const isTyped = words[place] !== node.data;
    for (let index = spans.length - 1; index >= 0; index--) {
      const [start, end] = spans[index] ?? [0, 0];
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, length);
      if (from < to) pieces[index]?.push(isTyped ? wrap(node, 0, node.length) : wrap(node, from, to));
    }
    offset += length;
  });
  return spans.map(([start, end], index) => ({
    spoken: spokenForm(text.slice(start, end), lang),
    lang,
    pieces: pieces[index] ?? [],
    block: block.closest("li") ?? block,
    link: (pieces[index] ?? []).map((piece) => piece.closest("a")).find(isOfThisSite) ?? null,
  }));
}

/** Wraps a part of a text node; done from the end of a node to its start, so that offsets before stay true. */
function wrap(node: Text, from: number, to: number): HTMLElement {
  const range = document.createRange();
  range.setStart(node, from);
  range.setEnd(node, to);
  const piece = document.createElement("span");
  piece.setAttribute(OWN, "");
  range.surroundContents(piece);
  return piece;
}

function isOfThisSite(link: HTMLAnchorElement | null): link is HTMLAnchorElement {
  return link !== null && link.origin === location.origin;
}
