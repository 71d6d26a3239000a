/**
 * Fills forms at random and prints each filling, one JSON text a line:
 * `node test/fill.mjs SEED COUNT < forms.ndjson` (a compiled form a line, each filled COUNT times).
 */
import { createInterface } from "node:readline";
import { importBundled } from "./support/import-bundled.mjs";

const [seed, count] = process.argv.slice(2).map(Number);
const { fill, seeded } = await importBundled("random-fillings");
const random = seeded(seed);
for await (const line of createInterface({ input: process.stdin })) {
  const form = JSON.parse(line);
  const lines = Array.from({ length: count }, () => JSON.stringify(fill(form, random)));
  process.stdout.write(`${lines.join("\n")}\n`);
}
