/**
 * Mounts "De téléphone à téléphone": takes the pages that another phone hands on as files, and on "Mon téléphone" gives
 * this phone's own. Without a network all of it works alike.
 */
import { verifier } from "../../crypto/signature-verifier";
import sheet from "../../css/forms.css";
import { type PhoneStore, StorageFull } from "../../db/store-contract";
import { correctedTime, isStale } from "../../net/clock";
import { type Refusal, type RefusalCode, isRefusal } from "../../protocol/refusal";
import { withPullLock } from "../../pull/browser-pull";
import { type PackOutcome, openPack } from "../../pull/open-pack";
import { currentLocation } from "../../ui/current-page";
import { element, fill } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { addStyles } from "../../ui/feature-styles";
import { readFileText } from "../../ui/file-text";
import { formatDay, t } from "../../ui/i18n";
import { dropSharedFile, sharedFile } from "../../ui/shared-file";

const RECORDINGS = /^\s*kunnafoni-media/;

interface LaunchQueue {
  setConsumer(take: (launch: { files: readonly { getFile(): Promise<File> }[] }) => void): void;
}

export const mount: Feature = async (host, store) => {
  const { page } = currentLocation();
  if (!store.isLasting || !page) return;
  addStyles(sheet);
  const { channel } = page;
  const status = element("p", { role: "status" });
  const field = element("input", {
    id: "pack",
    type: "file",
    accept: "text/plain,.txt,text/html,.html",
    multiple: true,
  });
  const take = async (files: readonly File[]): Promise<void> => {
    status.textContent = t("Je vérifie ces pages…");
    const sentence = await takeFiles(store, channel, files);
    const go = element("a", { class: "go", href: `/${channel}/` }, t("Aller à l’accueil"));
    fill(status, `${sentence} `, ...((await store.holding(channel)) ? [go] : []));
    field.value = "";
  };
  field.addEventListener("change", () => void take([...(field.files ?? [])]));
  host.append(element("label", { for: "pack" }, t("Prendre les pages d’un autre téléphone")), field, status);
  const { launchQueue } = window as { launchQueue?: LaunchQueue };
  launchQueue?.setConsumer(({ files }) => void Promise.all(files.map((file) => file.getFile())).then(take));
  const shared = await sharedFile();
  if (shared) void dropSharedFile().then(() => take([shared.file]));
  if (host.dataset.gives === undefined) return;
  const { mountSharing } = await import("./share-library");
  await mountSharing(host, store, channel, take);
};

/** Takes one file after the other, numbered parts in order; the sentence is the last one's, or the first refusal's. */
async function takeFiles(store: PhoneStore, channel: string, files: readonly File[]): Promise<string> {
  const ordered = [...files].sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  let sentence = "";
  for (const file of ordered) {
    const text = await readFileText(file);
    const work = RECORDINGS.test(text)
      ? import("./open-recordings").then(({ openRecordings }) => openRecordings(store, channel, text))
      : withPullLock(() => openPack(store, verifier, channel, text));
    const outcome = await work.catch((error: unknown) => {
      if (error instanceof StorageFull) return null;
      throw error;
    });
    if (outcome === null) return `${file.name} : ${fullSentence()}`;
    if (isRefusal(outcome)) return `${file.name} : ${refusedSentence(outcome)}`;
    if (typeof outcome === "string") sentence = outcome;
    else sentence = takenSentence(outcome, correctedTime(Date.now(), await store.setting("ahead")));
  }
  return sentence;
}

function takenSentence({ date, pages, total, changed }: PackOutcome, now: number): string {
  const values = { pages, total, date: formatDay(date) };
  const age = isStale(date, now) ? ` ${t("Elles sont vieilles : demandez-en de plus récentes.")}` : "";
  if (!changed) return t("Ce téléphone avait déjà ces pages. Elles sont du {date}.", values) + age;
  if (pages === total) return t("Toutes les pages sont là : {pages}. Elles sont du {date}.", values) + age;
  return t("{pages} pages sur {total} sont là. Elles sont du {date}. Le reste peut venir après.", values) + age;
}

function fullSentence(): string {
  return t(
    "Ce téléphone n’a plus de place. Ce qui était là reste lisible. Effacez des photos ou des vidéos, puis revenez.",
  );
}

function refusedSentence({ refused }: Refusal): string {
  return `${reasonSentence(refused)} ${t("Rien n’a changé sur ce téléphone.")}`;
}

function reasonSentence(code: RefusalCode): string {
  switch (code) {
    case "key-unknown":
      return t("Ouvrez d’abord l’application avec du réseau une fois.");
    case "pack-too-large":
      return t("Ce fichier est trop lourd.");
    case "version-unknown":
      return t("Ce fichier demande une version plus récente de l’application.");
    case "edition-older":
      return t("Ces pages sont plus anciennes que celles de ce téléphone.");
    case "other-site":
      return t("Ces pages sont d’un autre site.");
    case "other-channel":
      return t("Ces pages sont dans une autre langue ou pour un autre pays.");
    case "rotation-not-committed":
    case "other-epoch":
    case "next-key-changed":
      return t("Ces pages sont signées par une clé que ce téléphone ne connaît pas.");
    case "pack-malformed":
      return t("Ce n’est pas un fichier de pages, ou il n’est pas entier.");
    default:
      return t("Ces pages ont été abîmées ou modifiées en chemin.");
  }
}
