/** The answers of one complaint letter fill the next, as long as the tab is open. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { dropLetterDraft, readLetterDraft, saveLetterDraft } from "../../src/fieldwork/letter-draft";
import { installSessionStorage } from "../support/browser-globals";

beforeEach(() => installSessionStorage());

describe("the draft of a letter", () => {
  it("is empty at first", () => assert.deepEqual(readLetterDraft(), {}));

  it("keeps the answers of earlier letters beside the newest ones", () => {
    saveLetterDraft({ nom: "Awa", date: "lundi" });
    saveLetterDraft({ date: "mardi" });
    assert.deepEqual(readLetterDraft(), { nom: "Awa", date: "mardi" });
  });

  it("is gone once it is dropped", () => {
    saveLetterDraft({ nom: "Awa" });
    dropLetterDraft();
    assert.deepEqual(readLetterDraft(), {});
  });

  it("is empty where something else was stored", () => {
    for (const text of ["null", "7", "{"]) {
      sessionStorage.setItem("letters", text);
      assert.deepEqual(readLetterDraft(), {});
    }
  });

  it("is not kept where the browser refuses storage, and no page breaks of it", () => {
    installSessionStorage(true);
    saveLetterDraft({ nom: "Awa" });
    dropLetterDraft();
    assert.deepEqual(readLetterDraft(), {});
  });
});
