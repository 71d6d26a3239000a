/**
 * Prints the verdict of the phone's readers over each case of standard input, one JSON text a line:
 * `node test/twins.mjs < cases.ndjson`. Python compares them with its own (tests/journeys/test_twins.py).
 */
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { importBundled } from "./support/import-bundled.mjs";

const BATCH = 500;
const { verdict } = await importBundled("twin-verdicts");
const digest = async (text) => createHash("sha256").update(text, "utf8").digest("base64url");
const lines = [];
for await (const line of createInterface({ input: process.stdin })) {
  lines.push(JSON.stringify(await verdictOrError(verdict, JSON.parse(line), digest)));
  if (lines.length === BATCH) process.stdout.write(`${lines.splice(0).join("\n")}\n`);
}
if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);

/** A reader that throws is a fault of its own, which no verdict of Python equals. */
async function verdictOrError(verdict, values, digest) {
  try {
    return await verdict(values, digest);
  } catch (error) {
    return { threw: String(error) };
  }
}
