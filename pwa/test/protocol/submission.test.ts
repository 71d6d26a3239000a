/** Submissions, signatures, seals and bundles are the same bytes as Python's; each side opens the other's seals. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Aes128Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";
import { encodeUtf8 } from "../../src/crypto/bytes";
import { generateDeviceKey, signText } from "../../src/crypto/device-key";
import { gunzip, gzip } from "../../src/crypto/gzip";
import { seal, sealFile } from "../../src/crypto/seal-answers";
import { verifier } from "../../src/crypto/signature-verifier";
import { linesOf, readBundle, writeBundle } from "../../src/protocol/bundle";
import { base64urlDecode } from "../../src/protocol/canonical";
import { isRefusal } from "../../src/protocol/refusal";
import {
  type FileRow,
  type SubmissionHeader,
  enrolmentText,
  fileBinding,
  normalizeCode,
  receiptCode,
  receiptText,
  sealInfo,
  sealedPlaintext,
  signedText,
  submissionText,
  utf8Length,
} from "../../src/protocol/submission";
import { parseSubmission } from "../../src/protocol/submission-reader";
import { isGzip } from "../../src/protocol/text-file";
import { vectors } from "../support/shared-vectors";

const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() });

const bytes = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (data: ArrayBuffer) => [...new Uint8Array(data)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const raw = (text: string) => base64urlDecode(text) as Uint8Array<ArrayBuffer>;

describe("submissions", () => {
  interface Table {
    readonly good: readonly { readonly text: string; readonly id: string; readonly code: string }[];
    readonly refused: readonly { readonly why: string; readonly text: string; readonly code: string }[];
    readonly signed: {
      readonly site: string;
      readonly id: string;
      readonly key: string;
      readonly bytes: string;
      readonly signature: string;
      readonly refused: readonly { readonly why: string; readonly signature: string }[];
    };
    readonly receipt: {
      readonly site: string;
      readonly id: string;
      readonly key: string;
      readonly bytes: string;
      readonly receipt: readonly [string, number, string];
      readonly refused: readonly { readonly why: string; readonly receipt: readonly [string, number, string] }[];
    };
    readonly enrolment: {
      readonly site: string;
      readonly code: string;
      readonly written: readonly string[];
      readonly key: string;
      readonly bytes: string;
      readonly signature: string;
      readonly device: string;
    };
    readonly secret: { readonly secret: string; readonly answer: string };
  }
  const { good, refused, signed, receipt, enrolment, secret } = vectors<Table>("submission");

  for (const { text, id, code } of good) {
    it(`${code} is the same bytes`, async () => {
      const { v: _, answers, sealed, files = [], ...header } = JSON.parse(text) as Record<string, never>;
      const composed = submissionText(header as never, (sealed ? { sealed } : { answers }) as never, files);
      assert.equal(composed, text);
      assert.equal(await verifier.digest(composed), id);
      assert.equal(receiptCode(raw(id)), code);
    });
  }
  for (const { why, text, code } of refused)
    it(`with ${why} is no submission`, () => assert.equal(parseSubmission(text), code));
  it("are read as they were written", () => {
    for (const { text } of good) assert.deepEqual(parseSubmission(text), JSON.parse(text));
  });
  it("a device's signature is over the id", async () => {
    assert.equal(signedText(signed.site, signed.id), signed.bytes);
    assert(await verifier.verify(signed.key, signed.bytes, signed.signature));
    for (const refused_ of signed.refused)
      assert.equal(await verifier.verify(signed.key, signed.bytes, refused_.signature), false, refused_.why);
  });
  it("a receipt is headquarters' own", async () => {
    const holds = ([date, , signature]: readonly [string, number, string]) =>
      verifier.verify(receipt.key, receiptText(receipt.site, receipt.id, date), signature);
    assert.equal(receiptText(receipt.site, receipt.id, receipt.receipt[0]), receipt.bytes);
    assert(await holds(receipt.receipt));
    for (const refused_ of receipt.refused) assert.equal(await holds(refused_.receipt), false, refused_.why);
  });
  it("a code is read however it is written", async () => {
    for (const code of enrolment.written) assert.equal(normalizeCode(code, 10), enrolment.code);
    for (const code of ["ABCDE0123", "ABCDE012345", "ABCDE0123U", ""]) assert.equal(normalizeCode(code, 10), null);
    assert.equal(enrolmentText(enrolment.site, enrolment.code, enrolment.key), enrolment.bytes);
    assert(await verifier.verify(enrolment.key, enrolment.bytes, enrolment.signature));
    assert.equal(await verifier.keyDigest(enrolment.key), enrolment.device);
  });
  it("a new key signs what its public half proves, and stays in the browser", async () => {
    const key = await generateDeviceKey();
    assert(await verifier.verify(key.public_, "un texte", await signText(key.secret, "un texte")));
    assert.equal(key.secret.extractable, false);
    await assert.rejects(crypto.subtle.exportKey("pkcs8", key.secret));
  });
  it("a secret's digest is what is sent", async () =>
    assert.equal(await verifier.digest(secret.secret), secret.answer));
});

describe("sealing", () => {
  interface Table {
    readonly "rfc 9180": {
      readonly info: string;
      readonly private: string;
      readonly public: string;
      readonly enc: string;
      readonly plaintext: string;
      readonly ciphertext: string;
    };
    readonly keys: readonly { readonly id: string; readonly public: string; readonly pem: string }[];
    readonly submission: string;
    readonly header: string;
    readonly info: readonly string[];
    readonly answers: Record<string, never>;
    readonly file: {
      readonly key: string;
      readonly data: string;
      readonly sealed: string;
      readonly info: string;
      readonly type: string;
    };
  }
  const table = vectors<Table>("sealing");
  const {
    sealed,
    files,
    v: _,
    ...header
  } = JSON.parse(table.submission) as SubmissionHeader & {
    readonly v: 1;
    readonly sealed: Readonly<Record<string, string>>;
    readonly files: readonly FileRow[];
  };
  const { site, form, version } = header;

  async function openWith(pem: string, info: string, box: string): Promise<string> {
    const der = Uint8Array.from(atob(pem.replace(/-----.*-----|\s/g, "")), (sign) => sign.charCodeAt(0));
    const recipientKey = await crypto.subtle.importKey("pkcs8", der, { name: "ECDH", namedCurve: "P-256" }, true, [
      "deriveBits",
    ]);
    const whole = raw(box);
    const recipient = await suite.createRecipientContext({
      recipientKey,
      enc: whole.slice(0, 65).buffer,
      info: encodeUtf8(info),
    });
    return new TextDecoder().decode(await recipient.open(whole.slice(65).buffer));
  }

  it("is RFC 9180's", async () => {
    const rfc = table["rfc 9180"];
    const secret = await suite.kem.importKey("raw", bytes(rfc.private).buffer, false);
    const recipient = () =>
      suite.createRecipientContext({ recipientKey: secret, enc: bytes(rfc.enc).buffer, info: bytes(rfc.info) });
    assert.equal(hex(await (await recipient()).open(bytes(rfc.ciphertext))), rfc.plaintext);
    // appendix A.3.1.1 itself, whose additional data this wire leaves empty
    const ciphertext = "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434";
    assert.equal(hex(await (await recipient()).open(bytes(ciphertext), encodeUtf8("Count-0"))), rfc.plaintext);
  });
  table.keys.forEach(({ id, public: key, pem }, index) => {
    it(`Python's seal opens with key ${index + 1}`, async () => {
      assert.equal(await verifier.keyDigest(key), id);
      const headerDigest = await verifier.digest(submissionText(header, {}, files));
      assert.equal(headerDigest, table.header);
      assert.equal(sealInfo(id, header, 1, headerDigest), table.info[index]);
      const plaintext = await openWith(pem, table.info[index] as string, sealed[id] as string);
      assert.equal(utf8Length(plaintext) % 256, 0);
      assert.deepEqual((JSON.parse(plaintext) as { answers: unknown }).answers, table.answers);
      assert.equal(plaintext, sealedPlaintext(table.answers, [table.file.key], [table.file.type]));
    });
    it(`what the phone seals opens with key ${index + 1} alone`, async () => {
      const text = sealedPlaintext({ mot: "sɛnɛ" }, [], []);
      const box = await seal(key, table.info[index] as string, text);
      assert.equal(await openWith(pem, table.info[index] as string, box), text);
      await assert.rejects(openWith(table.keys[1 - index]?.pem as string, table.info[index] as string, box));
      await assert.rejects(openWith(pem, table.info[1 - index] as string, box));
    });
  });
  it("an attachment is bound to its form and place", async () => {
    assert.equal(fileBinding(site, form, version, 0, 1), table.file.info);
    const decrypt = async (key: string, data: Uint8Array<ArrayBuffer>, binding: string) => {
      const opener = await crypto.subtle.importKey("raw", raw(key), "AES-GCM", false, ["decrypt"]);
      return new Uint8Array(
        await crypto.subtle.decrypt(
          { name: "AES-GCM", iv: new Uint8Array(12), additionalData: encodeUtf8(binding) },
          opener,
          data,
        ),
      );
    };
    assert.deepEqual(
      await decrypt(table.file.key, raw(table.file.sealed), table.file.info),
      new Uint8Array(raw(table.file.data)),
    );
    const sealedFile = await sealFile(raw(table.file.data), table.file.info);
    assert.deepEqual(
      await decrypt(sealedFile.key, sealedFile.bytes, table.file.info),
      new Uint8Array(raw(table.file.data)),
    );
    await assert.rejects(decrypt(sealedFile.key, sealedFile.bytes, fileBinding(site, form, version, 1, 2)));
  });
});

describe("bundles", () => {
  interface Table {
    readonly site: string;
    readonly lines: readonly object[];
    readonly texts: readonly string[];
    readonly receipts: { readonly text: string; readonly lines: Readonly<Record<string, unknown>> };
    readonly refused: readonly { readonly why: string; readonly code: string; readonly text: string }[];
  }
  const { site, lines, texts, receipts, refused } = vectors<Table>("bundle");

  async function rows(text: string): Promise<unknown[] | string> {
    const bundle = readBundle(text);
    if (isRefusal(bundle)) return bundle.refused;
    if (bundle.site !== site) return "other-site";
    const unpacked = isGzip(bundle.body)
      ? await gunzip(bundle.body, 64_000_000)
      : new TextDecoder().decode(bundle.body);
    const lines = unpacked === null ? null : linesOf(unpacked);
    return lines === null
      ? "bundle-malformed"
      : isRefusal(lines)
        ? lines.refused
        : lines.map((line) => JSON.parse(line) as unknown);
  }

  for (const [index, text] of texts.entries())
    it(`reads Python's, way ${index + 1}`, async () => assert.deepEqual(await rows(text), lines));
  it("reads receipts on their way back", async () => {
    const receiptRows = (await rows(receipts.text)) as { id: string; receipt: unknown }[];
    assert.deepEqual(Object.fromEntries(receiptRows.map(({ id, receipt }) => [id, receipt])), receipts.lines);
  });
  for (const { why, text } of refused)
    it(`refuses ${why}`, async () => assert.equal(typeof (await rows(text).catch(() => "no line")), "string"));
  it("writes what it reads", async () => {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    const bundleText = writeBundle({ kind: "submissions", site, body: (await gzip(text)) as Uint8Array<ArrayBuffer> }, [
      "Des mots\npour les gens",
    ]);
    assert.deepEqual(await rows(bundleText), lines);
    assert(bundleText.split("\n").every((line) => line.length <= 80));
    assert(!bundleText.includes("\npour"));
  });
});
