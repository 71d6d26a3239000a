/** Opens sealed answers in the page of whoever holds a key: decrypted and judged here, shown, and given as CSV files. Nothing of it is sent anywhere. */

import { csvOf, tables } from "../../protocol/tables";
import { type Found, openLine } from "./decrypt-submission";
import { type Taken, takeSealed } from "./fetch-sealed";
import { type Words, breath, chosenKey, filled, wordsOf } from "./key-file";
import { showEntry } from "./submission-view";

/** A page with thousands of answers would not scroll. */
const SHOWN = 200;

export function mountOpening(form: HTMLFormElement): void {
  const words = wordsOf(form);
  const said = form.querySelector("[data-said]");
  const place = document.querySelector("[data-opened]");
  const [file, passphrase] = form.querySelectorAll<HTMLInputElement>("input[type=file], input[type=password]");
  const { openSealed: address = "", form: slug = "", lang = "fr" } = form.dataset;
  if (!said || !place || !file || !passphrase) return;
  const say = (sentence: string | undefined, values = {}): void => {
    said.textContent = filled(sentence, values);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    say(words.wait);
    place.textContent = "";
    void work();
  });

  const work = async (): Promise<void> => {
    await breath();
    const chosen = file.files?.[0];
    const key = chosen ? await chosenKey(chosen, passphrase.value) : "unreadable";
    if (typeof key === "string") return say(words[key]);
    passphrase.value = "";
    const taken = await takeSealed(address, slug);
    if (!taken) return say(words.network);
    const found: Found[] = [];
    for (const line of taken.lines) {
      const one = await openLine(key, taken, line);
      if (one) found.push(one);
      if (found.length % 50 === 0) say(words.opening, { n: found.length, count: taken.lines.length });
    }
    const opened = found.filter(({ answers }) => answers !== null);
    say(words.opened, {
      opened: opened.length,
      count: found.length,
      other: found.filter(
        ({ answers, doubt }) => answers === null && doubt !== "seal-broken" && doubt !== "answers-refused",
      ).length,
    });
    place.append(
      downloads(taken, found, slug, words),
      ...found
        .filter(({ answers, doubt }) => answers !== null || doubt !== "")
        .slice(0, SHOWN)
        .map((one) => showEntry(one, { address, lang, words })),
    );
    if (opened.length > SHOWN) place.append(paragraph(filled(words.more, { n: SHOWN })));
  };
}

function downloads({ forms }: Taken, found: readonly Found[], slug: string, words: Words): HTMLElement {
  const links = paragraph("");
  for (const sheet of tables(Object.values(forms), found)) {
    const link = document.createElement("a");
    link.className = "go";
    link.download = `${slug}-${sheet.name}.csv`;
    link.href = URL.createObjectURL(new Blob([csvOf(sheet)], { type: "text/csv" }));
    link.textContent = filled(words.download, { name: link.download });
    links.append(link, " ");
  }
  return links;
}

function paragraph(text: string): HTMLElement {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}
