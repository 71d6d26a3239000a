/**
 * A toolbar over a field of Markdown: a tap makes the selected lines a heading, steps or a list, and the selected words
 * bold or a link, and what is pasted becomes Markdown. Without script nothing of it is shown, and the marks are typed.
 */

import { editText } from "./field-text";
import { hasMarks, markdownFromMessage, markdownFromNodes, readsAsMarkdown } from "./pasted-markdown";

/** A text with its selection. */
export interface Selection {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export type Mark = "heading" | "steps" | "list" | "bold" | "link";

const MAX_PAGE = 2_000_000; // characters of a pasted page that is read; of a longer one its plain text
const LINE_MARK = /^(?:#{2,6} |[0-9]+\. |[-*] )/;
const LINES: Readonly<Partial<Record<Mark, (number: number) => string>>> = {
  heading: () => "## ",
  steps: (number) => `${number + 1}. `,
  list: () => "- ",
};

/** The text with the mark, and what is selected then; lines that have the mark lose it. */
export function applyMark({ text, start, end }: Selection, mark: Mark): Selection {
  const line = LINES[mark];
  if (!line) return wrap({ text, start, end }, mark === "bold" ? ["**", "**"] : ["[", "](https://)"]);
  const from = text.slice(0, start).lastIndexOf("\n") + 1;
  const next = text.indexOf("\n", end);
  const to = next < 0 ? text.length : next;
  const lines = text.slice(from, to).split("\n");
  const isMarked = lines.every((each, number) => each.startsWith(line(number)));
  const changed = lines.map((each, number) => (isMarked ? "" : line(number)) + each.replace(LINE_MARK, "")).join("\n");
  return { text: text.slice(0, from) + changed + text.slice(to), start: from, end: from + changed.length };
}

function wrap({ text, start, end }: Selection, [before, after]: readonly [string, string]): Selection {
  const words = text.slice(start, end);
  const shift = start + before.length;
  return {
    text: text.slice(0, start) + before + words + after + text.slice(end),
    start: shift,
    end: shift + words.length,
  };
}

export function mountMarkdownToolbar(root: ParentNode): void {
  for (const bar of root.querySelectorAll<HTMLElement>("[data-toolbar]")) {
    const field = document.getElementById(bar.dataset.toolbar ?? "") as HTMLTextAreaElement | null;
    if (!field) continue;
    bar.hidden = false;
    field.onpaste = (event) => paste(field, event);
    for (const button of bar.querySelectorAll<HTMLButtonElement>("button[data-mark]"))
      button.onclick = () => {
        const { value: text, selectionStart: start, selectionEnd: end } = field;
        const marked = applyMark({ text, start, end }, button.dataset.mark as Mark);
        editText(field, marked.text, marked.start, marked.end);
      };
  }
}

/** Insert the Markdown of what is pasted; a plain text that needs no change is left to the browser. */
function paste(field: HTMLTextAreaElement, event: ClipboardEvent): void {
  const plain = (event.clipboardData?.getData("text/plain") ?? "").replace(/\r\n?/g, "\n"); // as a field has them
  const page = event.clipboardData?.getData("text/html") ?? "";
  const nodes = page && page.length <= MAX_PAGE ? new DOMParser().parseFromString(page, "text/html") : null;
  const isTyped = nodes === null || (readsAsMarkdown(plain) && !hasMarks(nodes)); // an editor colours its Markdown
  const text = (isTyped ? "" : markdownFromNodes(nodes)) || markdownFromMessage(plain);
  if (text === plain || !text) return;
  event.preventDefault();
  const { value, selectionStart: start, selectionEnd: end } = field;
  editText(field, value.slice(0, start) + text + value.slice(end), start + text.length, start + text.length);
}
