/** A text pasted from a word processor, a page or WhatsApp becomes Markdown, and nothing else of it comes along. */
import assert from "node:assert/strict";
import { it } from "node:test";
import {
  type PastedNode,
  hasMarks,
  markdownFromMessage,
  markdownFromNodes,
  readsAsMarkdown,
} from "../../src/console/pasted-markdown";

type Part = PastedNode | string;

function element(name: string, attributes: Record<string, string>, ...parts: Part[]): PastedNode {
  return {
    nodeName: name,
    nodeValue: null,
    childNodes: parts.map((part) => (typeof part === "string" ? text(part) : part)),
    getAttribute: (key) => attributes[key] ?? null,
  };
}

function text(value: string): PastedNode {
  return { nodeName: "#text", nodeValue: value, childNodes: [] };
}

const tag = (name: string, ...parts: Part[]): PastedNode => element(name, {}, ...parts);
const page = (...parts: Part[]): string => markdownFromNodes(tag("BODY", ...parts));

it("keeps headings, lists, bold and links", () => {
  const address = { href: "https://exemple.ml/aide" };
  assert.equal(
    page(
      tag("H1", tag("B", "Votre code")),
      tag("P", "Ne le ", tag("STRONG", "donnez "), "à personne.\n  Lisez ", element("A", address, "l’aide"), "."),
      tag("UL", tag("LI", "Un"), tag("LI", tag("P", "Deux"))),
      tag("OL", tag("LI", "D’abord"), tag("LI", "Ensuite")),
    ),
    [
      "## Votre code",
      "Ne le **donnez** à personne. Lisez [l’aide](https://exemple.ml/aide).",
      "- Un\n- Deux",
      "1. D’abord\n2. Ensuite",
    ].join("\n\n"),
  );
});

it("reads the lists of Word, which are paragraphs with a typed mark", () => {
  const item = (mark: string, words: string) =>
    element(
      "P",
      { style: "margin-left:36pt;mso-list:l0 level1 lfo1" },
      element("SPAN", { style: "mso-list:Ignore" }, mark, text("\u00a0\u00a0")),
      words,
    );
  assert.equal(page(item("1.", "Ouvrez."), item("2.", "Lisez.")), "1. Ouvrez.\n2. Lisez.");
  assert.equal(page(item("·", "Un."), item("·", "Deux.")), "- Un.\n- Deux.");
});

it("drops styles, scripts, comments, hidden words, and links that lead elsewhere than to the web", () => {
  assert.equal(
    page(
      tag("STYLE", "p { color: red }"),
      tag("SCRIPT", "alert(1)"),
      element("SPAN", { style: "display:none" }, "caché"),
      tag("P", element("A", { href: "javascript:alert(1)" }, "ici"), element("IMG", { src: "x" })),
      { nodeName: "#comment", nodeValue: "note", childNodes: [] },
    ),
    "ici",
  );
});

it("takes a weight for bold, not the element that Google Docs puts around everything", () => {
  const around = element(
    "B",
    { style: "font-weight:normal" },
    tag("P", "Un ", element("SPAN", { style: "font-weight:700" }, "mot")),
  );
  assert.equal(page(around), "Un **mot**");
  assert.equal(page(tag("P", tag("B", "deux"), tag("B", " mots"))), "**deux mots**");
});

it("keeps signs that Markdown would read as marks", () => {
  assert.equal(page(tag("P", "Tapez *144*1#")), "Tapez \\*144\\*1#");
  assert.equal(page(tag("P", "# pas un titre")), "\\# pas un titre");
});

it("leaves Markdown that was typed in a page as it is", () => {
  assert.equal(
    page(
      tag("P", "## Que faire"),
      tag("P", tag("SPAN", "**Jamais** de code, 2 * 3 * 4."), " Lisez [l’aide](https://exemple.ml/aide) [1]."),
      tag("P", "1. Ouvrez"),
      tag("H3", "Après"),
    ),
    [
      "## Que faire",
      "**Jamais** de code, 2 \\* 3 \\* 4. Lisez [l’aide](https://exemple.ml/aide) \\[1].",
      "1. Ouvrez",
      "### Après",
    ].join("\n\n"),
  );
});

it("tells a page of coloured Markdown, where the plain text is taken, from a page with marks of its own", () => {
  for (const typed of ["## Titre", "un\n- deux", "1. Un", "du **gras**", "[mots](https://exemple.ml/)"])
    assert.ok(readsAsMarkdown(typed), typed);
  for (const other of ["2 ** 3 ** 4", "*144*1#", "2026. L’année", "#1", "- ", "[1] (https://exemple.ml/)"])
    assert.ok(!readsAsMarkdown(other), other);
  assert.ok(
    !hasMarks(tag("BODY", tag("DIV", element("SPAN", { style: "color:red" }, "**"), "gras", tag("STYLE", "b")))),
  );
  for (const marked of [tag("B", "un"), tag("H2", "un"), tag("UL", tag("LI", "un")), element("A", { href: "x" }, "un")])
    assert.ok(hasMarks(tag("BODY", tag("DIV", marked))), marked.nodeName);
  let deep = tag("B", "fond");
  for (let depth = 0; depth < 5000; depth++) deep = tag("DIV", deep);
  assert.ok(!hasMarks(deep));
});

it("makes no list of a year that begins a line", () => {
  assert.equal(
    page(tag("P", "2026. Une année."), tag("LI", "1960. L’indépendance")),
    "2026\\. Une année.\n\n- 1960\\. L’indépendance",
  );
  assert.equal(markdownFromMessage("Avant\n2026. Après\n12. Un point"), "Avant\n2026\\. Après\n12. Un point");
  assert.equal(markdownFromMessage("2026\\. Une année"), "2026\\. Une année");
  assert.equal(markdownFromMessage("En 2026. Fin, 3.14, 2026.12"), "En 2026. Fin, 3.14, 2026.12");
});

it("keeps the order of words around a link, and the cells of a table apart", () => {
  const around = (...parts: Part[]): PastedNode => element("A", { href: "https://exemple.ml/" }, ...parts);
  assert.equal(page(tag("DIV", "Avant ", around(tag("H3", "Titre")))), "Avant\n\n### Titre");
  assert.equal(page(tag("P", "Avant ", around("[1]"))), "Avant [\\[1\\]](https://exemple.ml/)");
  assert.equal(page(tag("TABLE", tag("TR", tag("TD", "Orange"), tag("TD", "#144#")))), "Orange\n\n\\#144#");
  assert.equal(page(tag("P", "Un ", tag("svg", tag("title", "dessin")), "mot")), "Un mot");
});

it("ends in any page, however deep", () => {
  let deep = tag("DIV", "fond");
  for (let depth = 0; depth < 5000; depth++) deep = tag("DIV", deep);
  assert.equal(page(deep, tag("P", "dessus")), "dessus");
});

it("reads WhatsApp's bold, and leaves codes and Markdown alone", () => {
  assert.equal(markdownFromMessage("*Attention* : ne payez *jamais*."), "**Attention** : ne payez **jamais**.");
  assert.equal(markdownFromMessage("_vite_ et ~faux~"), "vite et faux");
  for (const same of [
    "Tapez *144#.",
    "Tapez \\*144\\*1#",
    "déjà **gras**",
    "2 * 3 * 4",
    "* un\n* deux",
    "mot_de_passe",
  ])
    assert.equal(markdownFromMessage(same), same);
});

it("keeps the stars of codes to dial", () => {
  assert.equal(
    markdownFromMessage("Tapez *144*1#, ou *144*2*montant#."),
    "Tapez \\*144\\*1#, ou \\*144\\*2\\*montant#.",
  );
  assert.equal(markdownFromMessage("*144# pour *payer*"), "*144# pour **payer**");
});

it("reads a long message and a long page in one pass", () => {
  const start = process.cpuUsage();
  for (const mark of [" *a", " *a _b ~c", " *", "```", "*144*", "**a ", "[a](https://", "[", "1234\n", "\n"]) {
    const long = mark.repeat(300_000 / mark.length);
    assert.equal(markdownFromMessage(long).length, long.length);
  }
  const links = Array.from({ length: 20_000 }, () =>
    element("A", { href: "https://exemple.ml/" }, "ici ", tag("B", "là")),
  );
  assert.equal(page(...links).length, links.length * "[ici **là**](https://exemple.ml/)".length);
  assert.ok(process.cpuUsage(start).user < 5e6, "more than five seconds of the processor");
});

it("leaves out who wrote a message, and when", () => {
  const copied = "[24/11/2026, 10:12] Awa Traoré: Fuyez !\n[24/11/2026, 10:13] +223 70 00 00 00: Où ?";
  assert.equal(markdownFromMessage(copied), "Fuyez !\nOù ?");
});
