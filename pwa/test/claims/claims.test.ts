/** A message and the notices it resembles: the same as in Python. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ClaimIndex, everydayTokens, textTokens } from "../../src/claims/claim-index";
import { messageTokens } from "../../src/claims/message-tokens";
import { messageWords } from "../../src/claims/message-words";
import { vectors } from "../support/shared-vectors";

interface Vectors {
  readonly claims: readonly { readonly slug: string; readonly texts: readonly string[] }[];
  readonly messages: readonly {
    readonly message: string;
    readonly words: readonly (readonly string[])[];
    readonly tokens: Readonly<Record<string, readonly string[]>>;
    readonly verdict: string;
    readonly hits: readonly unknown[];
  }[];
}

const { claims, messages } = vectors<Vectors>("claims");

describe("a message", () => {
  const index = new ClaimIndex(
    claims.map(({ slug, texts }) => ({ slug, texts: texts.map(textTokens) })),
    everydayTokens(),
  );
  for (const { message, words, tokens, verdict, hits } of messages)
    it(`is understood as in Python: ${message}`, () => {
      assert.deepEqual(
        messageWords(message).map(({ written, term, key }) => [written, term, key]),
        words,
      );
      assert.deepEqual(Object.fromEntries(messageTokens(message).tokens), tokens);
      assert.deepEqual(index.match(message), { verdict, hits });
    });
});
