/** The forms that a voice is handed: abbreviations, numbers, addresses and blanks in words, sums and years as they are. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { splitSentences } from "../../../src/features/listen/sentences";
import { spokenForm } from "../../../src/features/listen/spoken-forms";

const SPOKEN: readonly (readonly [string, string])[] = [
  ["Au Mali, c’est l’APDP, à Bamako.", "Au Mali, c’est l’A P D P, à Bamako."],
  ["Gardez votre carte SIM et le code PIN.", "Gardez votre carte Sim et le code Pin."],
  ["Attendez le SMS.", "Attendez le S M S."],
  ["Une ligne a existé : le 80333.", "Une ligne a existé : le 8 0 3 3 3."],
  ["Appelez le +223 20 22 33 44.", "Appelez le 2 2 3 2 0 2 2 3 3 4 4."],
  ["C’est la loi n°2013-015 du 21 mai 2013.", "C’est la loi numéro 2013 015 du 21 mai 2013."],
  ["100 F CFA pour 40 Mo, soit 20 %.", "100 francs pour 40 méga-octets, soit 20 pour cent."],
  ["Écrivez à support@whatsapp.com.", "Écrivez à support arobase whatsapp point com."],
  ["Allez sur takeitdown.ncmec.org.", "Allez sur takeitdown point ncmec point org."],
  ["Moi, [votre nom], né le [date].", "Moi, à compléter : votre nom, né le, à compléter : date."],
  ["Dites : « Mon compte est volé. »", "Dites : Mon compte est volé."],
  ["À 18 h, tapez *144#.", "À 18 heures, tapez étoile 144 dièse."],
];

test("abbreviations, numbers, addresses and blanks have spoken forms", () => {
  for (const [written, spoken] of SPOKEN) assert.equal(spokenForm(written, "fr"), spoken);
  assert.equal(
    spokenForm("Write to a@b.org about [your name], 10 %.", "en-GB"),
    "Write to a at b dot org about, to fill in: your name, 10 percent.",
  );
});

test("another language gets no words of French", () => {
  assert.equal(spokenForm("A [b] 10 % APDP", "bm"), "A, b, 10 % A P D P");
});

test("a text is split where its sentences end and nowhere else", () => {
  const split = (text: string): string[] => splitSentences(text).map(([start, end]) => text.slice(start, end));
  assert.deepEqual(split("Un. Deux ! Trois ? « Quatre. » Cinq"), ["Un.", "Deux !", "Trois ?", "« Quatre. »", "Cinq"]);
  assert.deepEqual(split("M. Traoré paie 1.500 F. Voir apdp.ml, art. 12."), [
    "M. Traoré paie 1.500 F.",
    "Voir apdp.ml, art. 12.",
  ]);
  assert.deepEqual(split("Attendez… puis entrez. "), ["Attendez… puis entrez."]);
  assert.deepEqual(split(" … – "), []);
});

test("a long sentence is cut at its pauses and loses nothing", () => {
  const text = `${"Un mot et encore un autre mot, ".repeat(20)}fin.`;
  const pieces = splitSentences(text).map(([start, end]) => text.slice(start, end));
  assert.ok(pieces.length > 2 && pieces.every((piece) => piece.length <= 220 && !/^[ ,]/.test(piece)));
  assert.equal(pieces.join(" "), text);
});
