/** The text that travels with a page's address: its steps, for people who cannot open the address without data. */

const STEPS = ["ol.steps > li > h3", ".now p", "section ol > li", "ol > li", "section ul > li"];
const LIMIT = 700; // characters: a few short messages
const FIRST_SENTENCE = /^.*?[.!?…](?=\s|$)/;

/** Title, verdict and numbered steps of a page as lines; steps that the limit has no room for are left out. */
export function sharedText(main: ParentNode): string {
  const title = textOf(main.querySelector("h1"));
  const verdict = textOf(main.querySelector(".verdict b"));
  const lines = [verdict ? `${verdict} : ${title}` : title];
  const selector = STEPS.find((each) => main.querySelector(each));
  const steps = selector ? [...main.querySelectorAll(selector)].map(textOf).filter((text) => text) : [];
  let length = lines.join("").length;
  for (const [index, step] of steps.entries()) {
    const line = `${steps.length > 1 ? `${index + 1}. ` : ""}${FIRST_SENTENCE.exec(step)?.[0] ?? step}`;
    length += line.length;
    if (length > LIMIT) break;
    lines.push(line);
  }
  return lines.join("\n");
}

function textOf(element: Element | null): string {
  const texts = [...(element?.childNodes ?? [])].map((node) => node.textContent ?? "");
  return texts
    .join(" ")
    .replace(/\s+/g, " ")
    .replace(/ ([.,])/g, "$1")
    .trim();
}
