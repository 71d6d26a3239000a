/** The choice of the phone's voice: the right language, and offline only what has spoken offline. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type VoiceFacts, chooseVoice } from "../../../src/features/listen/voices";

const voice = (voiceURI: string, lang: string, localService = true): VoiceFacts => ({ voiceURI, lang, localService });
const choose = (voices: readonly VoiceFacts[], seen = {}, isOnline = false, lang = "fr"): string | undefined =>
  chooseVoice(voices, lang, seen, isOnline)?.voiceURI;

test("a voice has the page's language, however the phone writes it", () => {
  assert.equal(choose([voice("a", "en-US"), voice("b", "fr_FR")]), "b");
  assert.equal(choose([voice("a", "en-US"), voice("b", "fra-FR")]), undefined);
  assert.equal(choose([voice("a", "fr-CA")], {}, false, "bm"), undefined);
});

test("without network a voice is tried once, and then counts as what it did", () => {
  const voices = [voice("silent", "fr-FR"), voice("spoke", "fr-FR")];
  assert.equal(choose(voices), "silent");
  assert.equal(choose(voices, { silent: false }), "spoke");
  assert.equal(choose(voices, { spoke: true }), "spoke");
  assert.equal(choose(voices, { silent: false, spoke: false }), undefined);
});

test("a voice of the network serves with network, after those of the phone", () => {
  const voices = [voice("far", "fr-FR", false), voice("near", "fr-FR")];
  assert.equal(choose(voices), "near");
  assert.equal(choose([voice("far", "fr-FR", false)]), undefined);
  assert.equal(choose(voices, {}, true), "near");
  assert.equal(choose([voice("far", "fr-FR", false)], {}, true), "far");
});
