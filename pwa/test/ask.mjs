/**
 * Asks a phone questions and prints the paths found for each, one JSON array a line:
 * `node test/ask.mjs < input.json`, an object with `pages` ({path, body}) and `questions` (texts).
 */
import { readFileSync } from "node:fs";
import { importBundled } from "./support/import-bundled.mjs";

const { pages, questions } = JSON.parse(readFileSync(0, "utf8"));
const { answerQuestions } = await importBundled("question-answers");
for (const paths of await answerQuestions(pages, questions)) process.stdout.write(`${JSON.stringify(paths)}\n`);
