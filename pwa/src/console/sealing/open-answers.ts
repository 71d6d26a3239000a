/**
 * Decrypts sealed submissions in the browser of the person who holds a key, shows them and offers them as CSV files.
 * Sends nothing.
 */

import { buildSheets, toCsv } from "../../protocol/answer-tables";
import { type DecryptedSubmission, decryptSubmission, judgeUnbound } from "./decrypt-submission";
import { type SealedSubmissions, fetchSealed } from "./fetch-sealed";
import { type PageWords, fillPlaceholders, readKeyFile, readWords, yieldToPage } from "./key-file";
import { createSubmissionView } from "./submission-view";

/** Submissions shown: a page with thousands would not scroll. */
const SHOWN = 200;
const LATE = "seal-unbound-late";
/** Doubts for which this key's answers are not shown. */
const UNREADABLE: ReadonlySet<string> = new Set(["seal-broken", "answers-refused", LATE]);

export function mountDecryption(form: HTMLFormElement): void {
  const sentences = readWords(form);
  const status = form.querySelector("[data-said]");
  const results = document.querySelector("[data-opened]");
  const [file, passphrase] = form.querySelectorAll<HTMLInputElement>("input[type=file], input[type=password]");
  const late = form.querySelector<HTMLInputElement>("input[name=unbound]");
  const { openSealed: address = "", form: slug = "", lang = "fr" } = form.dataset;
  if (!status || !results || !file || !passphrase) return;
  const setStatus = (sentence: string | undefined, values = {}): void => {
    status.textContent = fillPlaceholders(sentence, values);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    setStatus(sentences.wait);
    results.textContent = "";
    void work();
  });

  const work = async (): Promise<void> => {
    await yieldToPage();
    const keyFile = file.files?.[0];
    const key = keyFile ? await readKeyFile(keyFile, passphrase.value) : "unreadable";
    if (typeof key === "string") return setStatus(sentences[key]);
    passphrase.value = "";
    const fetched = await fetchSealed(address, slug);
    if (!fetched) return setStatus(sentences.network);
    const decryptedLines: DecryptedSubmission[] = [];
    for (const line of fetched.lines) {
      const decrypted = await decryptSubmission(key, fetched, line);
      if (decrypted) decryptedLines.push(decrypted);
      if (decryptedLines.length % 50 === 0)
        setStatus(sentences.opening, { n: decryptedLines.length, count: fetched.lines.length });
    }
    const submissions = judgeUnbound(decryptedLines, late?.checked ?? false);
    const readable = submissions.filter(({ answers }) => answers !== null);
    const lateCount = submissions.filter(({ answers, doubt }) => answers === null && doubt === LATE).length;
    setStatus(sentences.opened, {
      opened: readable.length,
      count: submissions.length,
      other: submissions.filter(({ answers, doubt }) => answers === null && !UNREADABLE.has(doubt)).length,
    });
    if (lateCount > 0) results.append(paragraph(fillPlaceholders(sentences.late, { n: lateCount })));
    results.append(
      downloadLinks(fetched, submissions, slug, sentences),
      ...submissions
        .filter(({ answers, doubt }) => answers !== null || doubt !== "")
        .slice(0, SHOWN)
        .map((decrypted) => createSubmissionView(decrypted, { address, lang, words: sentences })),
    );
    if (readable.length > SHOWN) results.append(paragraph(fillPlaceholders(sentences.more, { n: SHOWN })));
  };
}

function downloadLinks(
  { forms }: SealedSubmissions,
  submissions: readonly DecryptedSubmission[],
  slug: string,
  sentences: PageWords,
): HTMLElement {
  const links = paragraph("");
  for (const sheet of buildSheets(Object.values(forms), submissions)) {
    const link = document.createElement("a");
    link.className = "go";
    link.download = `${slug}-${sheet.name}.csv`;
    link.href = URL.createObjectURL(new Blob([toCsv(sheet)], { type: "text/csv" }));
    link.textContent = fillPlaceholders(sentences.download, { name: link.download });
    links.append(link, " ");
  }
  return links;
}

function paragraph(text: string): HTMLElement {
  const p = document.createElement("p");
  p.textContent = text;
  return p;
}
