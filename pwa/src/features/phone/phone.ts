/** Mounts "Mon téléphone": what is kept, its age, its cost in data; check for news, erase everything. */
import type { PhoneStore } from "../../db/store-contract";
import { pullChannel } from "../../pull/browser-pull";
import type { PullOutcome } from "../../pull/outcome";
import { currentLocation } from "../../ui/current-page";
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
  const promise = element("p", { role: "status" });
  const lastSection = element("div"); // at the page's end, where it moves nothing that is being read
  const show = async () => {
    const facts = await gatherFacts(store, Date.now());
    fill(
      figures,
      factsList(readersFacts(facts, Number(host.dataset.francs ?? NaN))),
      ...checkButtons(facts, store, status, show),
      element("details", {}, element("summary", {}, t("Pour qui vous dépanne")), factsList(operatorsFacts(facts))),
    );
    fill(
      lastSection,
      element("h2", {}, t("Garder ou effacer")),
      ...(facts.promised === false ? persistenceRequest(promise, show) : []),
      promise,
      ...eraseSection(store),
    );
  };
  await show();
  fill(host, status, figures);
  host.parentElement?.append(lastSection);
};

type Fact = readonly [name: string, value: string | undefined];

function readersFacts({ pages, guides, spent, free }: PhoneFacts, francs: number): readonly Fact[] {
  const cost = Number.isNaN(francs)
    ? ""
    : ` · ${t("environ {n} F", { n: formatNumber(Math.max(0.1, (spent / 1_000_000) * francs), 1) })}`;
  return [
    [t("Pages gardées"), t("{pages}, dont {guides} guides", { pages, guides })],
    [t("Données de ce mois"), formatBytes(spent) + cost],
    [t("Place libre"), free === undefined ? undefined : formatBytes(free)],
  ];
}

/** Facts that somebody who helps from afar asks for. */
function operatorsFacts({ published, confirmed, asked, used }: PhoneFacts): readonly Fact[] {
  return [
    [t("Publiées le"), published && formatDay(published)],
    [t("Confirmées le"), confirmed && formatDay(confirmed)],
    [t("Dernière demande"), asked && formatDay(asked.at)],
    [t("Place prise"), used === undefined ? undefined : formatBytes(used)],
    [t("Version"), __VERSION__],
  ];
}

function factsList(facts: readonly Fact[]): HTMLElement {
  const rows = facts.filter(([, value]) => value);
  return element(
    "dl",
    { class: "data" },
    ...rows.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value ?? ""))),
  );
}

function checkButtons(
  { whole }: PhoneFacts,
  store: PhoneStore,
  status: HTMLElement,
  show: () => Promise<void>,
): HTMLElement[] {
  const check = async (everything: boolean) => {
    // Asked anew: the page may have been opened before the first download chose a channel.
    const channel = (await store.setting("followed")) ?? currentLocation().page?.channel;
    if (!channel) return;
    status.textContent = t("Je demande au réseau…");
    if (everything) await store.changeSetting("everything", () => true);
    status.textContent = outcomeSentence(await pullChannel(store, channel));
    await show();
  };
  const elements: HTMLElement[] = [paragraph(button(t("Vérifier maintenant"), () => void check(false)))];
  if (!whole) elements.push(paragraph(button(t("Tout recevoir"), () => void check(true))));
  return elements;
}

function persistenceRequest(status: HTMLElement, show: () => Promise<void>): HTMLElement[] {
  const ask = async () => {
    const isPersisted = await navigator.storage.persist();
    status.textContent = isPersisted
      ? t("Le navigateur gardera ces pages.")
      : t("Le navigateur ne le promet pas encore. Mettez d’abord le site sur l’écran d’accueil : voyez « Réglages ».");
    await show();
  };
  return [
    element("p", {}, t("Quand la place manque, le navigateur peut effacer ces pages sans vous le dire.")),
    paragraph(button(t("Lui demander de ne pas les effacer"), () => void ask(), { class: "quiet" })),
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
