/**
 * Sealed answers open with the key's file alone, key files with their passphrase; opened answers are checked
 * before they are shown.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decryptWithPassphrase, encryptWithPassphrase, isPassphraseFile } from "../../src/crypto/age-file";
import { encodeUtf8 } from "../../src/crypto/bytes";
import { OpeningKey, openSealedFile } from "../../src/crypto/private-sealing-key";
import { seal, sealFile } from "../../src/crypto/seal-answers";
import { buildSheets, toCsv } from "../../src/protocol/answer-tables";
import type { Answers } from "../../src/protocol/answers";
import type { Form } from "../../src/protocol/form";
import { checkOpenedSubmission } from "../../src/protocol/opened-submission";
import type { ReadSubmission } from "../../src/protocol/read-submission";
import { fileBinding, sealInfo, sealedPlaintext } from "../../src/protocol/submission";

const FORM: Form = {
  v: 1,
  form: "f",
  lang: "fr",
  languages: ["fr"],
  title: { fr: "F" },
  audience: "device",
  sealed: true,
  keep: 30,
  choices: {},
  items: [
    { q: "mot", type: "text", required: true },
    {
      group: "g",
      items: [
        { q: "somme", type: "decimal" },
        {
          repeat: "r",
          items: [
            { q: "nom", type: "text" },
            { repeat: "s", items: [{ q: "oui", type: "acknowledge" }] },
          ],
        },
      ],
    },
  ],
};
const HEAD = {
  nonce: "",
  site: "ici",
  form: "f",
  version: "v",
  day: "2026-11-24",
  lang: "fr",
  place: "ML-1",
  answer: "",
};

async function aKey(): Promise<OpeningKey> {
  const key = await OpeningKey.read(await OpeningKey.generate());
  assert.ok(key);
  return key;
}

describe("opening", () => {
  it("opens what was sealed to this key, for this submission, unchanged", async () => {
    const [key, other] = [await aKey(), await aKey()];
    const info = sealInfo(key.id, HEAD, 0, "d");
    const sealed = await seal(key.public_, info, "kɛnɛya");
    assert.equal(await key.open(sealed, info), "kɛnɛya");
    assert.equal(await other.open(sealed, info), null);
    assert.equal(await key.open(sealed, sealInfo(key.id, HEAD, 0, "e")), null);
    assert.equal(await key.open(`${sealed.slice(0, -2)}AA`, info), null);
    assert.equal(await key.open("", info), null);
  });

  it("opens an attachment in its own place only", async () => {
    const { bytes, key } = await sealFile(encodeUtf8("photo"), fileBinding("ici", "f", "v", 0, 2));
    assert.deepEqual(
      new Uint8Array((await openSealedFile(key, bytes, fileBinding("ici", "f", "v", 0, 2))) ?? new ArrayBuffer(0)),
      encodeUtf8("photo"),
    );
    assert.equal(await openSealedFile(key, bytes, fileBinding("ici", "f", "v", 1, 2)), null);
    assert.equal(await openSealedFile("", bytes, fileBinding("ici", "f", "v", 0, 2)), null);
  });

  it("takes no other text for a key", async () => {
    for (const text of [
      "",
      "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
      "-----BEGIN EC PRIVATE KEY-----",
    ])
      assert.equal(await OpeningKey.read(text), null);
  });

  it("unlocks a file with its passphrase alone", async () => {
    const file = await encryptWithPassphrase("secret", "lune rouge sur le fleuve");
    assert.ok(isPassphraseFile(`\n${file}`));
    assert.ok(!isPassphraseFile("-----BEGIN PRIVATE KEY-----"));
    assert.equal(await decryptWithPassphrase(`${file}\n`, "lune rouge sur le fleuve"), "secret");
    assert.equal(await decryptWithPassphrase(file, "lune bleue sur le fleuve"), null);
  });
});

describe("opened answers", () => {
  const submission = { ...HEAD, files: [] };
  const opened = (plaintext: string) => ({ plaintext, isBound: true });
  const checked = (answers: unknown, keys: string[] = []) =>
    checkOpenedSubmission(FORM, submission, opened(sealedPlaintext(answers as never, keys, keys)));

  it("is judged by the form's own rules", () => {
    assert.equal(checked({ mot: "a" }).doubt, "");
    assert.equal(checked({ somme: "1" }).doubt, "answers-refused");
    assert.deepEqual(checked({ somme: "1" }).answers, { somme: "1" }, "read, with a word of doubt");
    for (const answers of [{ mot: 5 }, { mot: "a", autre: "b" }, []])
      assert.deepEqual([checked(answers).answers, checked(answers).doubt], [null, "answers-refused"]);
    assert.equal(checked({ mot: "a" }, ["key of no file"]).doubt, "seal-broken");
    assert.equal(checkOpenedSubmission(FORM, submission, null).doubt, "seal-broken");
    assert.equal(checkOpenedSubmission(FORM, submission, opened("no JSON")).doubt, "seal-broken");
  });

  it("becomes one table for the form and one for each repeat, which no spreadsheet runs", () => {
    const answers: Answers = {
      mot: '=1+1, "ɛ"',
      somme: "-2.5",
      r: [{ nom: "Awa", s: [{ oui: true }, {}] }, { nom: "-x" }],
    };
    const entry: ReadSubmission = {
      submission,
      form: FORM,
      code: "AAAA-BBBB",
      received: "2026-11-25",
      device: "Kita",
      doubt: "",
      answers,
    };
    const older: Form = { ...FORM, items: [{ q: "vieux", type: "text" }] };
    const sheets = buildSheets([FORM, older], [entry, { ...entry, code: "CCCC-DDDD", answers: null }]).map((sheet) => [
      sheet.name,
      toCsv(sheet),
    ]);
    assert.deepEqual(sheets, [
      [
        "reponses",
        "\ufeffcode,day,received,place,lang,device,doubt,mot,somme,vieux\r\n" +
          'AAAA-BBBB,2026-11-24,2026-11-25,ML-1,fr,Kita,,"\'=1+1, ""ɛ""",-2.5,\r\n' +
          "CCCC-DDDD,2026-11-24,2026-11-25,ML-1,fr,Kita,,,,\r\n",
      ],
      [
        "r",
        "\ufeffcode,r,key,parent,nom\r\nAAAA-BBBB,1,AAAA-BBBB/1,AAAA-BBBB,Awa\r\nAAAA-BBBB,2,AAAA-BBBB/2,AAAA-BBBB,'-x\r\n",
      ],
      [
        "s",
        "\ufeffcode,r,s,key,parent,oui\r\nAAAA-BBBB,1,1,AAAA-BBBB/1/1,AAAA-BBBB/1,True\r\n" +
          "AAAA-BBBB,1,2,AAAA-BBBB/1/2,AAAA-BBBB/1,\r\n",
      ],
    ]);
  });
});
