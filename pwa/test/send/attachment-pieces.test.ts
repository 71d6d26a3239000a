/** An attachment travels in pieces of a fixed size, and only those that the server lacks. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { base64urlDecode } from "../../src/protocol/canonical";
import { PIECE_BYTES } from "../../src/protocol/submission";
import { allPieces, pieceLines } from "../../src/send/attachment-pieces";
import { FakeInbox } from "../support/fake-inbox";
import { TestKey } from "../support/fake-publisher";
import { FieldworkPhone, payloadText, smallForm } from "../support/phone-with-fieldwork";

const PHOTO = Uint8Array.from({ length: 2 * PIECE_BYTES + 100 }, (_, at) => at % 251);

interface Row {
  readonly file: string;
  readonly at: number;
  readonly data: string;
}

async function photoInOutbox() {
  const phone = await FieldworkPhone.make(new FakeInbox("exemple.ml", await TestKey.make()));
  await phone.enrol();
  const entry = await phone.fill(smallForm(), { mot: "x" }, PHOTO);
  const context = await phone.sendContext();
  const text = await payloadText(context, entry);
  const rows = async (missing: Record<string, number[]>) =>
    (await pieceLines(context, entry, text, missing)).map((line) => JSON.parse(line) as Row);
  return { phone, entry, text, rows };
}

describe("the pieces of an attachment", () => {
  it("are counted from its length, the last one shorter", async () => {
    const { text } = await photoInOutbox();
    assert.deepEqual(Object.values(allPieces(text)), [[0, 1, 2]]);
    assert.deepEqual(allPieces('{"files":[]}'), {});
    assert.deepEqual(allPieces("{}"), {});
    const exact = JSON.stringify({ files: [["d", PIECE_BYTES, "image/jpeg"]] });
    assert.deepEqual(allPieces(exact), { d: [0] });
  });

  it("put together are the attachment", async () => {
    const { text, rows } = await photoInOutbox();
    const bytes = (await rows(allPieces(text))).flatMap(({ data }) => [...(base64urlDecode(data) as Uint8Array)]);
    assert.deepEqual(Uint8Array.from(bytes), PHOTO);
  });

  it("are sent only where the server lacks them", async () => {
    const { text, rows } = await photoInOutbox();
    const [digest] = Object.keys(allPieces(text)) as [string];
    assert.deepEqual(
      (await rows({ [digest]: [1] })).map(({ file, at }) => [file, at]),
      [[digest, 1]],
    );
    assert.deepEqual(await rows({}), []);
    assert.deepEqual(await rows({ another: [0] }), []);
  });

  it("are none once the phone has dropped the attachment", async () => {
    const { phone, entry, text, rows } = await photoInOutbox();
    await phone.fieldwork.markReceived({ ...entry, state: "received" });
    assert.deepEqual(await rows(allPieces(text)), []);
  });
});
