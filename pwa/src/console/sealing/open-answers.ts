/** Opens sealed answers in the page of whoever holds a key: decrypted and judged here, shown, and given as CSV files. Nothing of it is sent anywhere. */

import { buildTables, toCsv } from "../../protocol/tables";
import { type DecryptedSubmission, decryptSubmission } from "./decrypt-submission";
import { type SealedSubmissions, fetchSealed } from "./fetch-sealed";
import { type PageWords, fillPlaceholders, readKeyFile, readWords, yieldToPage } from "./key-file";
import { createSubmissionView } from "./submission-view";

/** A page with thousands of answers would not scroll. */
const SHOWN = 200;

export function mountDecryption(form: HTMLFormElement): void {
  const words = readWords(form);
  const said = form.querySelector("[data-said]");
  const place = document.querySelector("[data-opened]");
  const [file, passphrase] = form.querySelectorAll<HTMLInputElement>("input[type=file], input[type=password]");
  const { openSealed: address = "", form: slug = "", lang = "fr" } = form.dataset;
  if (!said || !place || !file || !passphrase) return;
  const say = (sentence: string | undefined, values = {}): void => {
    said.textContent = fillPlaceholders(sentence, values);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    say(words.wait);
    place.textContent = "";
    void work();
  });

  const work = async (): Promise<void> => {
    await yieldToPage();
    const chosen = file.files?.[0];
    const key = chosen ? await readKeyFile(chosen, passphrase.value) : "unreadable";
    if (typeof key === "string") return say(words[key]);
    passphrase.value = "";
    const taken = await fetchSealed(address, slug);
    if (!taken) return say(words.network);
    const found: DecryptedSubmission[] = [];
    for (const line of taken.lines) {
      const one = await decryptSubmission(key, taken, line);
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
        .map((one) => createSubmissionView(one, { address, lang, words })),
    );
    if (opened.length > SHOWN) place.append(paragraph(fillPlaceholders(words.more, { n: SHOWN })));
  };
}

function downloads(
  { forms }: SealedSubmissions,
  found: readonly DecryptedSubmission[],
  slug: string,
  words: PageWords,
): HTMLElement {
  const links = paragraph("");
  for (const sheet of buildTables(Object.values(forms), found)) {
    const link = document.createElement("a");
    link.className = "go";
    link.download = `${slug}-${sheet.name}.csv`;
    link.href = URL.createObjectURL(new Blob([toCsv(sheet)], { type: "text/csv" }));
    link.textContent = fillPlaceholders(words.download, { name: link.download });
    links.append(link, " ");
  }
  return links;
}

function paragraph(text: string): HTMLElement {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}
