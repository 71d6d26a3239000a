/** The status line is a live region: a screen reader reads all of it again when it moves. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { StatusLine } from "../../src/ui/status-line";

/** A page whose status line's moves are listed. `isHome`: it keeps room for the line at its top. */
function openPage(isHome: boolean): { line: StatusLine; moves: string[] } {
  const moves: string[] = [];
  const elements: Readonly<Record<string, unknown>> = {
    ".slogan": isHome ? {} : null,
    "body > footer": { before: () => moves.push("end") },
    header: { after: () => moves.push("top") },
  };
  Object.assign(globalThis, { document: { querySelector: (selector: string) => elements[selector] } });
  const host = { append: () => undefined } as unknown as HTMLElement;
  return { line: new StatusLine(host), moves };
}

const block = () => ({ replaceWith: () => undefined, remove: () => undefined }) as unknown as HTMLElement;

it("the status line moves to the top once, for the first sentence that is not about a download", () => {
  const { line, moves } = openPage(false);
  line.setBlock("sync", block());
  assert.deepEqual(moves, ["end"]);
  for (const subject of ["storage", "age", "storage", "sync"] as const) line.setBlock(subject, block());
  assert.deepEqual(moves, ["end", "top"]);
});

it("the status line never moves on the home page", () => {
  const { line, moves } = openPage(true);
  for (const subject of ["sync", "storage", "age"] as const) line.setBlock(subject, block());
  assert.deepEqual(moves, []);
});

it("nothing is shown beside the way out of another app's browser", () => {
  const shown: string[] = [];
  const host = { append: (added: { name: string }) => shown.push(added.name) } as unknown as HTMLElement;
  const alone = new StatusLine(host);
  const named = (name: string) => ({ ...block(), name }) as unknown as HTMLElement;
  alone.setBlock("clock", named("clock"));
  alone.setBlock("webview", named("webview"));
  for (const subject of ["sync", "age", "storage"] as const) alone.setBlock(subject, named(subject));
  assert.deepEqual(shown, ["clock", "webview"]);
});
