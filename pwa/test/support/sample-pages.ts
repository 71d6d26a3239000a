/** Pages for tests, in a given number and length. */
import type { TestPage } from "./fake-publisher";

const SHELL = "<!doctype html><html lang=fr><title><!--title--></title><main><!--main--></main>";

/** A shell, a home page, `essential` guides in `first`, `more` in the rest; `edition` changes every third guide. */
export function samplePages(essential: number, more: number, edition = 0, words = 40): TestPage[] {
  const guide = (index: number): TestPage => ({
    path: `guides/guide-${index}`,
    body: `Guide ${index}\n<h1>Guide ${index}</h1><p>${text(index, words)} ${index % 3 === edition % 3 ? `édition ${edition}` : ""}`,
    part: index < essential ? "first" : "rest",
  });
  return [
    { path: "_shell", body: SHELL, part: "first" },
    { path: "_missing", body: "Absente\n<h1>Absente</h1>", part: "first" },
    { path: "index", body: `Accueil\n<h1>Accueil</h1><p>${edition}`, part: "first" },
    ...Array.from({ length: essential + more }, (_, index) => guide(index)),
  ];
}

const WORDS =
  "mot de passe code secret téléphone argent compte données personnelles kɛnɛ ɲɛ kunnafoni vérifier message partager".split(
    " ",
  );

function text(seed: number, words: number): string {
  return Array.from({ length: words }, (_, index) => WORDS[(seed * 7 + index * (seed + 3)) % WORDS.length]).join(" ");
}
