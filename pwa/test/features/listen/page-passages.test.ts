/** The sentences of screens with fields that a voice is handed: questions, labels and errors, and never the typed words. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { wrapPassages } from "../../../src/features/listen/page-passages";
import type { Vault } from "../../../src/fieldwork/vault";
import { element } from "../../../src/ui/dom";
import { choosePinForm } from "../../../src/ui/pin-form";
import { labelFor, requireUnlock } from "../../../src/ui/unlock";
import { TreeElement, installPage } from "../../support/page-tree";

const PIN = "246813";

/** The sentences of what stands on a page, in order. */
function spoken(page: TreeElement): string[] {
  return wrapPassages(page as unknown as HTMLElement).map((passage) => passage.spoken);
}

/** The sentences of parts that stand on a page by themselves. */
function spokenOf(...parts: readonly HTMLElement[]): string[] {
  const page = new TreeElement("main");
  (page as unknown as HTMLElement).append(...parts);
  return spoken(page);
}

it("the screen that asks for the code says what it asks, and its error, and no sign of the code", async () => {
  const page = installPage();
  const vault = { isOpen: false, unlock: async () => ({ kind: "wrong", wait: 5_000 }) } as unknown as Vault;
  void requireUnlock(page as unknown as HTMLElement, vault);
  page.find("input").value = PIN;
  const asked = ["Votre code", "Code de cette application"];
  assert.deepEqual(spoken(page), asked);
  page.find("form").act("submit");
  await new Promise(setImmediate);
  assert.deepEqual(spoken(page), [...asked, "Ce n’est pas ce code.", "Attendez 5 s avant d’essayer encore."]);
});

it("the screen that chooses a code says its labels, its error and the warning", () => {
  const page = installPage();
  page.append(choosePinForm({} as Vault, 6, () => undefined) as unknown as TreeElement);
  page.find("input").value = PIN;
  page.find("form").act("submit");
  assert.deepEqual(spoken(page), [
    "Code oublié, fiches commencées perdues : personne ne peut le retrouver.",
    "Nouveau code, 6 signes au moins",
    "Encore une fois",
    "Les deux codes ne sont pas les mêmes.",
  ]);
});

it("fields say their labels and hints, and neither their words nor the choices of a list", () => {
  installPage();
  const words = element("textarea", { id: "what" }, "Compte Zankè");
  const form = element(
    "form",
    {},
    element("h2", {}, "À compléter"),
    element("b", {}, labelFor("what", "Nom du compte")),
    element("br"),
    element("small", {}, "Tel qu’il est écrit."),
    words,
    labelFor("days", "J’attends une réponse"),
    element("select", { id: "days" }, element("option", {}, "3 jours")),
    element("button", {}, "Garder"),
  );
  assert.deepEqual(spokenOf(form), ["À compléter", "Nom du compte", "Tel qu’il est écrit.", "J’attends une réponse"]);
});

it("labels side by side are sentences of their own", () => {
  installPage();
  const item = element("li", {}, element("label", {}, "Fait le 2 mai"), element("label", {}, "Ce qui est arrivé"));
  assert.deepEqual(spokenOf(item), ["Fait le 2 mai", "Ce qui est arrivé"]);
});

it("a letter says the label in place of what was typed, and a line of the log nothing", () => {
  installPage();
  const mark = element("u", { "data-typed": "Vos nom et prénom" }, "Awa. Distinctive.");
  const letter = element("div", { class: "letter", "data-feature": "letter" }, "Moi, ", mark, " je me plains. Merci.");
  assert.deepEqual(spokenOf(letter, element("small", { "data-typed": "" }, "Compte Zankè")), [
    "Moi, Vos nom et prénom je me plains.",
    "Merci.",
  ]);
});
