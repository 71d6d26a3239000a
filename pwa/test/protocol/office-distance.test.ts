/** Offices stand in the same order for a region as Python puts them. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { officeDistance } from "../../src/protocol/office-distance";
import { vectors } from "../support/shared-vectors";

it("an office of the region comes first, one elsewhere after those of the whole country", () => {
  const cases = vectors<readonly [readonly string[], string, number][]>("office-distance");
  for (const [places, region, distance] of cases) assert.equal(officeDistance(places, region), distance);
  assert.deepEqual([...new Set(cases.map(([, , distance]) => distance))].sort(), [0, 1, 2]);
});
