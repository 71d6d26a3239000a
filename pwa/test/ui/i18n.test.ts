/** Days and times as people write them in their language. */
import assert from "node:assert/strict";
import { afterEach, it } from "node:test";
import { formatDateTime, formatDay, setLanguage } from "../../src/ui/i18n";

afterEach(() => setLanguage("fr", {}));

it("writes the first of a month as French does, and other days and languages as they are", () => {
  assert.equal(formatDay("2026-12-01"), "1er décembre 2026");
  assert.match(formatDateTime(new Date(2026, 11, 1, 18, 0).getTime()), /^1er décembre 2026 à 18:00$/);
  for (const day of ["2026-12-11", "2026-12-21", "2026-12-31"]) assert.doesNotMatch(formatDay(day), /er /);
  setLanguage("en", {});
  assert.match(formatDay("2026-12-01"), /^December 1, 2026$|^1 December 2026$/);
});
