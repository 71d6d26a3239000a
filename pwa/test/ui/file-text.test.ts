/** A file of any size is read no further than shows that it is too long. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { readPack } from "../../src/protocol/pack";
import { MAX_TEXT_LENGTH } from "../../src/protocol/text-file";
import { readFileText } from "../../src/ui/file-text";

it("a file of three bytes a sign is refused after the first sign too many", async () => {
  const text = await readFileText(new Blob(Array<string>(25).fill("€".repeat(1_000_000))));
  assert.equal(text.length, MAX_TEXT_LENGTH + 1);
  assert.deepEqual(readPack(text), { refused: "pack-too-large" });
});

it("a file within the limit is read whole", async () => {
  assert.equal(
    await readFileText(new Blob(["kunnafoni-pack/1 exemple.ml fr-ML\n# é\n"])),
    "kunnafoni-pack/1 exemple.ml fr-ML\n# é\n",
  );
});
