/** Letters are filled on the phone as they were read aloud: tests/vectors/letters.json. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { afterArticle, keptLines } from "../../src/protocol/letter-lines";
import { vectors } from "../support/shared-vectors";

interface FilledLetter {
  readonly body: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly required: readonly string[];
  readonly words: Readonly<Record<string, string>>;
  readonly text: readonly string[];
}

const BLANK = /\{([a-z][a-z0-9_]*)\}/g;

function fill({ body, labels, required, words }: FilledLetter): string {
  const lines = body.map((text) => ({
    text,
    names: [...text.matchAll(BLANK)].map(([, name = ""]) => name),
  }));
  const kept = keptLines(
    lines.map(({ text, names }) => ({
      isEmpty: text.trim() === "",
      isOptional: names.length > 0 && !names.some((name) => required.includes(name)),
      isFilled: names.some((name) => words[name]),
    })),
  );
  return lines
    .filter((_, index) => kept[index])
    .map(({ text }) =>
      text.replace(BLANK, (_blank, name: string, at: number) => {
        const word = words[name];
        return word === undefined ? `[${labels[name]}]` : afterArticle(text.slice(0, at), word);
      }),
    )
    .join("\n");
}

describe("a letter with what must be there and nothing else", () => {
  for (const [slug, letter] of Object.entries(vectors<Record<string, FilledLetter>>("letters")))
    it(slug, () => assert.equal(fill(letter), letter.text.join("\n")));
});

describe("optional lines", () => {
  it("come back with their words, and empty lines stay single", () => {
    const blank = { isEmpty: true, isOptional: false, isFilled: false };
    const text = { isEmpty: false, isOptional: false, isFilled: false };
    const optional = { isEmpty: false, isOptional: true, isFilled: false };
    assert.deepEqual(keptLines([text, blank, optional, blank, text]), [true, true, false, false, true]);
    assert.deepEqual(keptLines([text, blank, { ...optional, isFilled: true }]), [true, true, true]);
    assert.deepEqual(keptLines([text, blank, optional]), [true, false, false]);
  });
});
