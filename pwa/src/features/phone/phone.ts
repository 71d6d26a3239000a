/** Mounts "Mon téléphone": what is kept, its age, its cost in data; check for news, erase everything. */
import type { PhoneStore } from "../../db/store-contract";
import { pullChannel } from "../../pull/browser-pull";
import type { PullOutcome } from "../../pull/outcome";
import { button, element, fill } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { formatBytes, formatDay, formatNumber, t } from "../../ui/i18n";
import { refusalSentence } from "../../ui/refusal-sentences";
import { countUnsent, eraseEverything } from "./erase";
import { type PhoneFacts, gatherFacts } from "./phone-facts";

export const mount: Feature = async (host, store) => {
  if (!store.isLasting) return; // what the page says without the app is then true
  const status = element("p", { role: "status" });
  const figures = element("div");
  const show = async () => {
    const facts = await gatherFacts(store, Date.now());
    fill(figures, factsList(facts, Number(host.dataset.francs ?? NaN)), ...actions(facts, store, status, show));
  };
  await show();
  fill(host, status, figures);
};

function factsList(facts: PhoneFacts, francs: number): HTMLElement {
  const { pages, guides, published, confirmed, asked, spent, used, free } = facts;
  const cost = Number.isNaN(francs)
    ? ""
    : ` · ${t("environ {n} F", { n: formatNumber(Math.max(0.1, (spent / 1_000_000) * francs), 1) })}`;
  const rows: (readonly [string, string | undefined])[] = [
    [t("Pages gardées"), t("{pages}, dont {guides} guides", { pages, guides })],
    [t("Publiées le"), published && formatDay(published)],
    [t("Confirmées le"), confirmed && formatDay(confirmed)],
    [t("Dernière demande"), asked && formatDay(asked.at)],
    [t("Données de ce mois"), formatBytes(spent) + cost],
    [t("Place prise"), used === undefined ? undefined : formatBytes(used)],
    [t("Place libre"), free === undefined ? undefined : formatBytes(free)],
    [t("Version"), __VERSION__],
  ];
  const filledRows = rows.filter(([, value]) => value);
  return element(
    "dl",
    { class: "data" },
    ...filledRows.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value ?? ""))),
  );
}

function actions(facts: PhoneFacts, store: PhoneStore, status: HTMLElement, show: () => Promise<void>): HTMLElement[] {
  const { channel, whole, promised } = facts;
  const check = async (everything: boolean) => {
    if (!channel) return;
    status.textContent = t("Je demande au réseau…");
    if (everything) await store.changeSetting("everything", () => true);
    status.textContent = outcomeSentence(await pullChannel(store, channel));
    await show();
  };
  const elements: HTMLElement[] = [paragraph(button(t("Vérifier maintenant"), () => void check(false)))];
  if (!whole) elements.push(paragraph(button(t("Tout recevoir"), () => void check(true))));
  if (promised === false) elements.push(...persistenceRequest(status, show));
  elements.push(...eraseSection(store));
  return elements;
}

function persistenceRequest(status: HTMLElement, show: () => Promise<void>): HTMLElement[] {
  const ask = async () => {
    const isPersisted = await navigator.storage.persist();
    status.textContent = isPersisted
      ? t("Le navigateur gardera ces pages.")
      : t("Le navigateur ne le promet pas encore. Ajoutez le site à l’écran d’accueil, puis réessayez.");
    await show();
  };
  return [
    element("p", {}, t("Quand la place manque, le navigateur peut effacer ces pages. Demandez-lui de les garder.")),
    paragraph(button(t("Garder ces pages"), () => void ask(), { class: "quiet" })),
  ];
}

function eraseSection(store: PhoneStore): HTMLElement[] {
  const section = paragraph();
  const ask = async () => {
    const unsentCount = await countUnsent();
    const warning =
      unsentCount === 0
        ? ""
        : element(
            "b",
            {},
            t(
              "Des fiches de ce téléphone ne sont pas encore reçues ({n}) : elles seraient perdues. Envoyez-les ou donnez-les d’abord, dans « Formulaires ». ",
              { n: unsentCount },
            ),
          );
    const eraseButton = button(t("Oui, tout effacer"), () => void eraseEverything(store));
    const keepButton = button(t("Non"), begin, { class: "quiet" });
    fill(
      section,
      t("Les pages gardées, la langue choisie et le compte de données partiront de ce téléphone. "),
      warning,
      eraseButton,
      keepButton,
    );
    keepButton.focus();
  };
  const begin = () =>
    fill(
      section,
      button(t("Tout effacer de ce téléphone"), () => void ask(), { class: "quiet" }),
    );
  begin();
  return [section];
}

function outcomeSentence(outcome: PullOutcome): string {
  switch (outcome.kind) {
    case "head":
      return outcome.changed ? t("Les nouvelles pages sont là.") : t("Rien de nouveau : ce téléphone a tout.");
    case "refused":
      return refusalSentence(outcome.refused);
    case "storage-full":
      return t(
        "Ce téléphone n’a plus de place. Ce qui était là reste lisible. Effacez des photos ou des vidéos, puis revenez.",
      );
    case "first-only":
      return t("L’essentiel est à jour.");
    case "unknown-channel":
      return t("Ce site ne publie plus dans cette langue pour ce pays.");
    default:
      return t("Le réseau ne répond pas maintenant. Ce qui est là reste lisible.");
  }
}

function paragraph(...children: Node[]): HTMLElement {
  return element("p", {}, ...children);
}
