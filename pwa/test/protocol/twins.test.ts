/** The phone judges what could divide two languages as the wire says. Python's side: tests/journeys/test_twins.py. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { verifier } from "../../src/crypto/signature-verifier";
import { vectors } from "../support/shared-vectors";
import { type TwinCase, type TwinVerdict, verdict } from "../support/twin-verdicts";

interface Case {
  readonly why: string;
  readonly case: TwinCase;
  readonly verdict: TwinVerdict;
}

describe("the phone's readers", () => {
  for (const { why, case: values, verdict: expected } of vectors<readonly Case[]>("twins"))
    it(why, async () => assert.deepEqual(await verdict(values, verifier.digest), expected));
});
