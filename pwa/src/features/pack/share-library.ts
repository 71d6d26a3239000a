/** Gives this phone's pages to another phone as a file: all of them, the essentials, or a single one. */
import type { PhoneStore, WholeEdition } from "../../db/store-contract";
import { parseStatement } from "../../protocol/edition-statement";
import type { ManifestEntry } from "../../protocol/manifest";
import { titleOf } from "../../protocol/page";
import { isRefusal } from "../../protocol/refusal";
import { makePack, wholeEntries } from "../../pull/pack-writer";
import { button, element, fill } from "../../ui/dom";
import { formatBytes, formatDay, t } from "../../ui/i18n";
import { shareTextFiles } from "../../ui/share-text-files";

const SINGLE = /^(?:guides|notices|complaints)\/./; // pages that make sense alone

export async function mountSharing(host: HTMLElement, store: PhoneStore, channel: string): Promise<void> {
  const whole = (await store.holding(channel))?.whole;
  if (!whole) return;
  const { entries, first } = wholeEntries(whole);
  const status = element("p", { role: "status" });
  const give = (given: readonly ManifestEntry[]) => void givePages(store, whole, given, status);
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
  give: (entries: readonly ManifestEntry[]) => void,
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
  const giveChosen = () => give(pages.slice(Number(choice.value), Number(choice.value) + 1));
  host.append(
    element("label", { for: "pack-page" }, t("La page")),
    choice,
    element("p", {}, button(t("Donner cette page"), giveChosen)),
  );
}

async function givePages(
  store: PhoneStore,
  whole: WholeEdition,
  entries: readonly ManifestEntry[],
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
  const shared = await shareTextFiles([file]);
  const size = formatBytes(file.text.length);
  fill(status, shared ? "" : t("Fichier {name} ({size}) : donnez-le à l’autre téléphone.", { name: file.name, size }));
}
