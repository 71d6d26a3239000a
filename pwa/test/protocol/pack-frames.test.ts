/** The frames of codes bring the body that was shown, or nothing. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { base64urlDecode, base64urlEncode } from "../../src/protocol/canonical";
import { type CollectedFrames, FRAME_BYTES, addFrame, joinFrames, writeFrames } from "../../src/protocol/pack-frames";
import { type Refusal, isRefusal } from "../../src/protocol/refusal";
import { vectors } from "../support/shared-vectors";

const { bodies, refused } = vectors<{
  bodies: { body: string; frames: string[] }[];
  refused: { why: string; code: string; frames: string[] }[];
}>("frames");

/** The body of the frames that a camera saw, refused ones left out, and the first refusal. */
function collect(frames: readonly string[]): { body: Uint8Array | null; refusal?: Refusal } {
  let collected: CollectedFrames | null = null;
  let refusal: Refusal | undefined;
  for (const frame of frames) {
    const added = addFrame(collected, frame);
    if (isRefusal(added)) refusal ??= added;
    else collected = added;
  }
  const joined = collected && joinFrames(collected);
  if (isRefusal(joined)) return { body: null, refusal: joined };
  return { body: joined, ...(refusal && { refusal }) };
}

describe("frames", () => {
  it("are those of the vectors, and bring the body in any order", () => {
    for (const { body, frames } of bodies) {
      assert.deepEqual(writeFrames(base64urlDecode(body) as Uint8Array), frames);
      const seen = collect([...frames].reverse().concat(frames)).body;
      assert.equal(seen && base64urlEncode(seen), body);
    }
  });

  for (const { why, code, frames } of refused)
    it(`bring nothing: ${why}`, () => {
      const { body, refusal } = collect(frames);
      assert.equal(body, null);
      assert(!refusal || refusal.refused === code, JSON.stringify(refusal)); // what is missing may come yet
    });

  it("are none of nothing, nor of more than a person holds a phone for", () => {
    assert.equal(writeFrames(new Uint8Array()), null);
    assert.equal(writeFrames(new Uint8Array(100 * FRAME_BYTES))?.length, 100);
    assert.equal(writeFrames(new Uint8Array(100 * FRAME_BYTES + 1)), null);
  });

  it("bring any body, whatever the order and however often", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 3_000 }), fc.infiniteStream(fc.nat()), (body, numbers) => {
        const frames = writeFrames(body) ?? [];
        const seen: string[] = [];
        while (new Set(seen).size < frames.length) {
          const [at] = numbers.take(1);
          seen.push(frames[(at ?? 0) % frames.length] as string);
          if (seen.length > 2_000) return; // a stream of one number
        }
        assert.deepEqual(collect(seen).body, body);
      }),
    );
  });

  it("that are mangled bring nothing but what was shown", () => {
    const letter = fc.constantFrom(..."0AZ :/é\n$9");
    let none = 0;
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 1_500 }),
        fc.nat(),
        fc.nat(),
        fc.nat({ max: 2 }),
        letter,
        (body, which, where, taken, put) => {
          const frames = writeFrames(body) ?? [];
          const index = which % frames.length;
          const frame = frames[index] as string;
          const at = where % frame.length;
          frames[index] = frame.slice(0, at) + put + frame.slice(at + taken);
          const seen = collect(frames).body;
          if (seen) assert.deepEqual(seen, body);
          else none += 1;
        },
      ),
      { numRuns: 2_000 },
    );
    assert(none > 1_800, `${none}`);
  });
});
