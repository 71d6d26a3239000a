/**
 * Gives this phone's pages to another phone: all of them or the essentials as a file, a single one as a file or as codes
 * for its camera, which reads them here too.
 */
import type { PhoneStore, WholeEdition } from "../../db/store-contract";
import { parseStatement } from "../../protocol/edition-statement";
import type { ManifestEntry } from "../../protocol/manifest";
import { readPack } from "../../protocol/pack";
import { writeFrames } from "../../protocol/pack-frames";
import { titleOf } from "../../protocol/page";
import { isRefusal } from "../../protocol/refusal";
import { makePack, wholeEntries } from "../../pull/pack-writer";
import { button, element, fill } from "../../ui/dom";
import { formatBytes, formatDay, t } from "../../ui/i18n";
import { shareTextFiles } from "../../ui/share-text-files";
import { mountReader } from "./read-codes";
import { showCodes } from "./show-codes";

const SINGLE = /^(?:alerts|guides|notices|complaints)\/./; // pages that make sense alone
const BESIDE_ALERT = ["_shell", "alerts"]; // they say on every page that there is an alert

export async function mountSharing(
  host: HTMLElement,
  store: PhoneStore,
  channel: string,
  take: (files: readonly File[]) => Promise<void>,
): Promise<void> {
  const camera = element("div", {});
  host.append(camera);
  await mountReader(camera, store, channel, take);
  const whole = (await store.holding(channel))?.whole;
  if (!whole) return;
  const { entries, first } = wholeEntries(whole);
  const status = element("div", { role: "status" });
  const give = (given: readonly ManifestEntry[], asCodes = false) =>
    void givePages(store, whole, given, asCodes, status);
  const single = element("details", {}, element("summary", {}, t("Donner une seule page")));
  single.addEventListener("toggle", () => void listPages(store, single, entries, give), { once: true });
  host.append(
    element(
      "p",
      {},
      button(t("Donner toutes les pages"), () => give(entries)),
      button(t("Donner l’essentiel"), () => give(entries.slice(0, first)), { class: "quiet" }),
    ),
    single,
    status,
  );
}

async function listPages(
  store: PhoneStore,
  host: HTMLElement,
  entries: readonly ManifestEntry[],
  give: (entries: readonly ManifestEntry[], asCodes?: boolean) => void,
): Promise<void> {
  const pages = entries.filter(({ path }) => SINGLE.test(path));
  const titles = await Promise.all(pages.map(async ({ digest }) => titleOf((await store.body(digest)) ?? "")));
  const parser = new DOMParser(); // a title is HTML text
  const plain = (title: string) => parser.parseFromString(title, "text/html").body.textContent ?? "";
  const choice = element(
    "select",
    { id: "pack-page" },
    ...titles.map((title, index) => element("option", { value: index }, plain(title))),
  );
  const giveChosen = (asCodes: boolean): void => {
    const chosen = pages[Number(choice.value)]?.path ?? "";
    const beside = chosen.startsWith("alerts/") ? BESIDE_ALERT : [];
    give(
      entries.filter(({ path }) => path === chosen || beside.includes(path)),
      asCodes,
    );
  };
  host.append(
    element("label", { for: "pack-page" }, t("La page")),
    choice,
    element(
      "p",
      {},
      button(t("Donner cette page"), () => giveChosen(false)),
      button(t("La montrer en codes"), () => giveChosen(true), { class: "quiet" }),
    ),
  );
}

async function givePages(
  store: PhoneStore,
  whole: WholeEdition,
  entries: readonly ManifestEntry[],
  asCodes: boolean,
  status: HTMLElement,
): Promise<void> {
  status.textContent = t("Je prépare le fichier…");
  const statement = parseStatement(whole.statement);
  const date = isRefusal(statement) ? "" : formatDay(statement.date);
  const comments = [
    t(
      "Pages de Kunnafoni du {date}. Ouvrez l’application à « Mon téléphone », touchez « Prendre les pages d’un autre téléphone » et choisissez ce fichier.",
      { date },
    ),
  ];
  const file = await makePack(store, whole, entries, comments);
  if (!file) return fill(status, t("Une page manque sur ce téléphone. Elle reviendra avec du réseau."));
  if (asCodes) {
    const body = readPack(file.text);
    const frames = isRefusal(body) ? null : writeFrames(body);
    if (frames) return showCodes(status, frames);
    return fill(status, t("Cette page est trop longue pour des codes. Donnez le fichier."));
  }
  const shared = await shareTextFiles([file]);
  const size = formatBytes(file.text.length);
  fill(status, shared ? "" : t("Fichier {name} ({size}) : donnez-le à l’autre téléphone.", { name: file.name, size }));
}
