/** A question's mark stays on the line of its last word. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { frenchSpacing } from "../../../src/features/forms/typography";

it("French marks stay with their words, and other spaces are as they were", () => {
  assert.equal(frenchSpacing("Quel âge, à peu près ?"), "Quel âge, à peu près\u00a0?");
  assert.equal(
    frenchSpacing("Voir « Rumeur » : oui ; non !"),
    "Voir «\u00a0Rumeur\u00a0»\u00a0: oui\u00a0; non\u00a0!",
  );
  assert.equal(frenchSpacing("What is it? 10:30"), "What is it? 10:30");
});
