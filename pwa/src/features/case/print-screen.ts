/** The whole case on one page to print or to save: the steps done, the log with its digests, the pictures. */
import { encodeUtf8 } from "../../crypto/bytes";
import type { CaseFile } from "../../fieldwork/case-file";
import { localTime } from "../../fieldwork/field-session";
import { zipArchive } from "../../fieldwork/zip-archive";
import { button, element, fill, pictogram } from "../../ui/dom";
import { formatDay, t } from "../../ui/i18n";
import { type CaseScreens, backButton } from "./case-screens";
import { readHarmPage } from "./harm-page";
import { entryLines, entryTitle } from "./proof-screen";
import { outcomeWords } from "./step-progress";

export async function printedScreen(page: CaseScreens): Promise<HTMLElement> {
  const { current, session } = page;
  const { today } = await localTime(session.store);
  const address = page.harms.querySelector<HTMLAnchorElement>(`[data-harm="${current.content.harm}"]`)?.href ?? "";
  const texts = await readHarmPage(session.store, address);
  const titleOf = (key: string) => texts?.steps.get(key)?.querySelector("h3")?.textContent ?? key;
  const sheet = await caseSheet(current, today, titleOf);
  sheet.body.append(page.broughtScreen("digests"));
  const saved = element("p", { role: "status" });
  const html = () => `<!doctype html><meta charset=utf-8><title>${sheet.title}</title>${sheet.body.outerHTML}`;
  const save = (file: Blob, name: string): void => {
    element("a", { href: URL.createObjectURL(file), download: name }).click();
    saved.textContent = t("Le fichier est dans les téléchargements du téléphone. Là, aucun code ne le protège.");
  };
  return element(
    "div",
    {},
    element("h2", { tabindex: -1 }, pictogram("letter"), t("Imprimer le dossier")),
    element(
      "p",
      {},
      button(t("Imprimer"), () => print()),
      button(t("Enregistrer le fichier"), () => save(new Blob([html()], { type: "text/html" }), "dossier.html"), {
        class: "quiet",
      }),
      button(t("Enregistrer en ZIP"), () => void zipped(current, html()).then((file) => save(file, "dossier.zip")), {
        class: "quiet",
      }),
    ),
    saved,
    sheet.body,
    backButton(page, "plan"),
  );
}

/** The sheet with the pictures as they were taken, in one archive; names are numbered, so that none hides another. */
async function zipped(current: CaseFile, html: string): Promise<Blob> {
  const entries = [{ name: "dossier.html", bytes: encodeUtf8(html) }];
  for (const file of current.content.entries.flatMap(({ files }) => files)) {
    const picture = await current.picture(file);
    const name = `${entries.length}-${file.name.replace(/[^\w.-]+/g, "_")}`;
    if (picture) entries.push({ name, bytes: new Uint8Array(await picture.arrayBuffer()) });
  }
  return new Blob(zipArchive(entries), { type: "application/zip" });
}

async function caseSheet(
  current: CaseFile,
  today: string,
  titleOf: (key: string) => string,
): Promise<{ title: string; body: HTMLElement }> {
  const { records, entries } = current.content;
  const title = t("Dossier du {day}", { day: formatDay(current.begun) });
  const body = element("div", { class: "letter printed" });
  const done = Object.entries(records).filter(([key]) => key !== "safety" && key !== "proof");
  fill(
    body,
    element("h3", {}, title),
    element("p", {}, t("État au {day}.", { day: formatDay(today) })),
    element("h4", {}, t("Démarches faites")),
    element(
      "ul",
      {},
      ...done.map(([key, { day, outcome }]) =>
        element("li", {}, `${formatDay(day)} : ${titleOf(key)}. ${outcomeWords(outcome)}.`),
      ),
    ),
    element("h4", {}, t("Preuves")),
  );
  for (const [index, entry] of entries.entries()) {
    body.append(
      element("p", {}, element("b", {}, `${index + 1}. ${entryTitle(entry)}`)),
      ...entryLines(entry).map((line) => element("p", { "data-typed": "" }, line)),
    );
    for (const file of entry.files) {
      const picture = await current.picture(file);
      if (picture) body.append(element("img", { src: await dataAddress(picture), alt: file.name }));
    }
  }
  return { title, body };
}

/** The picture inside an address, so that the saved file is whole. */
function dataAddress(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = reject;
    reader.readAsDataURL(blob);
  });
}
