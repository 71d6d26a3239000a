/** Reads files that a person chose. */
import { MAX_TEXT_LENGTH } from "../protocol/text-file";

const MOST = 3 * MAX_TEXT_LENGTH + 1; // bytes: UTF-8 takes three at most for a unit of a text's length

/** The text of a file; of one that is too long for a text file (PROTOCOL.md, section 13) as much as shows that. */
export async function readFileText(file: Blob): Promise<string> {
  return file.slice(0, MOST).text();
}
