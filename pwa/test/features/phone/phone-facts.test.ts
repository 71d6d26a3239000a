import assert from "node:assert/strict";
import { test } from "node:test";
import { freeBytes } from "../../../src/features/phone/phone-facts";

test("free room is what the quota leaves", () => {
  assert.equal(freeBytes({ quota: 60_000_000, usage: 1_000_000 }), 59_000_000);
});

test("a browser that says nothing, or the same to everybody, leaves it open", () => {
  assert.equal(freeBytes(undefined), undefined);
  assert.equal(freeBytes({}), undefined);
  assert.equal(freeBytes({ quota: 10 * 2 ** 30 + 73_728, usage: 73_728 }), undefined);
});
