/** Shares forms and receipts as bundle files between phones, where there is no network. */
import type { OutboxEntry } from "../../db/fieldwork-contract";
import { type BundleFile, createBundles, createReceiptsBundle, importBundle } from "../../fieldwork/bundle-exchange";
import type { FieldSession } from "../../fieldwork/field-session";
import { ensurePhoneKey } from "../../fieldwork/vault";
import { isRefusal } from "../../protocol/refusal";
import { createSendContext } from "../../send/browser-send";
import { button, element } from "../../ui/dom";
import { readFileText } from "../../ui/file-text";
import { t } from "../../ui/i18n";
import { shareTextFiles } from "../../ui/share-text-files";
import { dropSharedFile, sharedFile } from "../../ui/shared-file";

interface ImportContext {
  readonly fieldSession: FieldSession;
  readonly today: string;
  readonly refresh: (sentence?: string) => void;
}

export interface ShareContext extends ImportContext {
  readonly outbox: readonly OutboxEntry[];
  /** Counts of lines and receipts carried for others. */
  readonly carried: number;
  readonly receipts: number;
}

export function shareSection(context: ShareContext): HTMLElement {
  const { outbox, carried, receipts } = context;
  const waiting = outbox.filter((entry) => !entry.public && entry.state !== "received");
  const parts: HTMLElement[] = [element("summary", {}, t("Pas de réseau ? Passer par un autre téléphone"))];
  parts.push(
    element(
      "p",
      {},
      t(
        "Une autre personne peut porter vos fiches. Elle ne peut ni lire celles qui sont scellées, ni en changer une seule.",
      ),
    ),
  );
  if (waiting.length > 0 || carried > 0)
    parts.push(
      paragraph(
        button(t("Donner ce qui attend"), () => void shareEntries(context, waiting, carried > 0), {
          "data-share": "waiting",
        }),
      ),
    );
  for (const entry of outbox.filter((entry) => entry.public && entry.state === "waiting")) {
    parts.push(
      paragraph(
        button(
          t("Donner « {title} » seule", { title: entry.title }),
          () => void shareEntries(context, [entry], false),
          {
            class: "quiet",
          },
        ),
      ),
    );
  }
  if (receipts > 0)
    parts.push(
      paragraph(
        button(t("Rendre les reçus ({n})", { n: receipts }), () => void giveReceipts(context), {
          "data-share": "receipts",
        }),
      ),
    );
  const field = element("input", { id: "bundle", type: "file", accept: "text/plain,.txt", multiple: true });
  field.addEventListener("change", () => void importFiles(context, [...(field.files ?? [])]));
  parts.push(element("label", { for: "bundle" }, t("Prendre les fiches ou les reçus d’un autre téléphone")), field);
  if (carried > 0)
    parts.push(
      element("p", {}, t("Ce téléphone porte des fiches d’autres personnes. Elles partiront avec les vôtres.")),
    );
  return element("details", {}, ...parts);
}

async function shareEntries(
  { fieldSession, today, refresh }: ShareContext,
  entry: readonly OutboxEntry[],
  carried: boolean,
): Promise<void> {
  const comments = [
    t(
      "Fiches de Kunnafoni à porter. Ouvrez l’application à « Formulaires », touchez « Pas de réseau ? » et choisissez ce fichier.",
    ),
  ];
  const site = await trustedSite(fieldSession);
  if (site !== null)
    await shareFiles(await createBundles(fieldSession.fieldwork, site, today, entry, comments, carried), refresh);
}

async function giveReceipts({ fieldSession, today, refresh }: ShareContext): Promise<void> {
  const comments = [
    t(
      "Reçus de Kunnafoni à rendre. Ouvrez l’application à « Formulaires », touchez « Pas de réseau ? » et choisissez ce fichier.",
    ),
  ];
  const site = await trustedSite(fieldSession);
  if (site !== null)
    await shareFiles([await createReceiptsBundle(fieldSession.fieldwork, site, today, comments)], refresh);
}

async function shareFiles(bundles: readonly BundleFile[], refresh: (sentence?: string) => void): Promise<void> {
  if (await shareTextFiles(bundles)) return refresh();
  const count = bundles.reduce((sum, bundle) => sum + bundle.count, 0);
  const [first] = bundles;
  refresh(
    bundles.length === 1
      ? t("Fichier {name} : {n} fiches. Elles restent aussi ici jusqu’au reçu.", { name: first?.name ?? "", n: count })
      : t("{files} fichiers : {n} fiches. Donnez-les tous. Elles restent aussi ici jusqu’au reçu.", {
          files: bundles.length,
          n: count,
        }),
  );
}

/**
 * Takes the file that another app shared with this one: forms and receipts are imported, pages handed to where packs
 * are opened, anything else refused in a sentence.
 */
export async function takeSharedFile(context: ImportContext): Promise<void> {
  const shared = await sharedFile();
  if (!shared) return;
  if (shared.kind === "pack" || shared.kind === "media")
    return location.replace(`${location.pathname.replace(/forms$/, "phone")}#file`);
  await dropSharedFile();
  if (shared.kind === "unknown")
    return context.refresh(
      t("Ce fichier n’est pas de Kunnafoni : ni fiches, ni reçus, ni pages. Rien n’en est gardé."),
    );
  await importFile(context, shared.file);
}

/** Imports one file after the other; the sentence is the last one's, or the first refusal's. */
async function importFiles(context: ShareContext, files: readonly File[]): Promise<void> {
  for (const file of files) if (!(await importFile(context, file))) return;
}

/** False if the file was refused. */
async function importFile({ fieldSession, today, refresh }: ImportContext, file: File): Promise<boolean> {
  const refuse = (sentence: string): boolean => {
    refresh(`${file.name} : ${sentence}`);
    return false;
  };
  const { fieldwork, store } = fieldSession;
  await ensurePhoneKey(fieldwork);
  const context = await createSendContext(store, fieldwork);
  if (!context) return refuse(t("Ouvrez d’abord l’application avec du réseau une fois."));
  const imported = await importBundle(
    { fieldwork, site: context.site, day: today, keyOfEpoch: context.keyOfEpoch },
    await readFileText(file),
  );
  if (isRefusal(imported)) return refuse(refusedSentence(imported.refused));
  await store.changeSetting("waiting", () => true);
  refresh(
    imported.kind === "receipts"
      ? t("Reçus pris : {n} de vos fiches sont reçues.", { n: imported.count })
      : t("Fiches prises : {n}. Elles partiront dès qu’il y aura du réseau.", { n: imported.count }),
  );
  return true;
}

function refusedSentence(code: string): string {
  if (code === "other-site") return t("Ces fiches sont pour une autre organisation.");
  if (code === "version-unknown") return t("Ce fichier demande une version plus récente de l’application.");
  if (code === "bundle-too-large") return t("Ce fichier est trop lourd.");
  return t("Ce fichier n’est pas un fichier de fiches, ou il est abîmé.");
}

async function trustedSite({ store }: FieldSession): Promise<string | null> {
  return (await store.trust())?.site ?? null;
}

function paragraph(...children: Node[]): HTMLElement {
  return element("p", {}, ...children);
}
