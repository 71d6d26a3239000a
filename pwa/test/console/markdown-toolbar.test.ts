/** The toolbar over Markdown changes the selected lines or words, and nothing else. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { type Mark, applyMark } from "../../src/console/markdown-toolbar";

/** The text after a tap; `|` stands at both ends of the selection. */
function tap(marked: string, mark: Mark): string {
  const [before = "", words = "", after = ""] = marked.split("|");
  const { text, start, end } = applyMark(
    { text: before + words + after, start: before.length, end: before.length + words.length },
    mark,
  );
  return `${text.slice(0, start)}|${text.slice(start, end)}|${text.slice(end)}`;
}

it("marks the lines that the selection touches, and takes the mark away again", () => {
  assert.equal(tap("Un.\nDe|ux.\nTr|ois.\nQuatre.", "steps"), "Un.\n|1. Deux.\n2. Trois.|\nQuatre.");
  assert.equal(tap("Un.\n|1. Deux.\n2. Trois.|", "steps"), "Un.\n|Deux.\nTrois.|");
  assert.equal(tap("|1. Deux.\n2. Trois.|", "list"), "|- Deux.\n- Trois.|");
  assert.equal(tap("Titre||", "heading"), "|## Titre|");
  assert.equal(tap("||", "list"), "|- |");
  assert.equal(tap("||\nUn.", "list"), "|- |\nUn.");
});

it("wraps the selected words", () => {
  assert.equal(tap("Ne |payez| pas", "bold"), "Ne **|payez|** pas");
  assert.equal(tap("Voir |ici|.", "link"), "Voir [|ici|](https://).");
});
