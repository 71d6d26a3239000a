/** The ordered list of a case: safety, proof, each step with its tick, what comes next, and what can be erased. */
import { keepsPictures } from "../../fieldwork/case-file";
import { localTime } from "../../fieldwork/field-session";
import { chosenPath } from "../../protocol/path-questions";
import { confirmButton } from "../../ui/confirmation";
import { button, element, pictogram } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { type CaseScreens, actionLink } from "./case-screens";
import { type HarmTexts, readHarmPage } from "./harm-page";
import { nearestFirst } from "./nearest-offices";
import { endDueReminders, forgetReminders } from "./phone-reminder";
import { holderSentence } from "./protection-screen";
import { caseName } from "./start-screen";
import { isOverdue, stepProgress } from "./step-progress";

export async function planScreen(page: CaseScreens): Promise<HTMLElement> {
  const { current, session, routes } = page;
  const { content } = current;
  const address = page.harms.querySelector<HTMLAnchorElement>(`[data-harm="${content.harm}"]`)?.href ?? "";
  const texts = await readHarmPage(session.store, address);
  if (!texts) return missingPage(address);
  await endDueReminders(session.store, current.id);
  const { today } = await localTime(session.store);
  const path = chosenPath(routes, content.harm, content.answers);
  const names = path.steps.filter((step) => texts.steps.has(step));
  const progress = (key: string, waits: boolean) => stepProgress(page, key, today, waits);
  const next = nextSentence(page, texts, names, today);
  const list = element(
    "ol",
    { class: "steps" },
    safetyStep(texts, path.inDanger, progress("safety", false)),
    proofStep(page, texts, progress("proof", false)),
    ...names.map((name) => pathStep(page, name, texts, progress(name, true))),
  );
  return element(
    "div",
    {},
    element("h2", { tabindex: -1 }, pictogram("note"), caseName(current)),
    element("p", {}, texts.title),
    ...(next ? [element("p", { class: "note", role: "status" }, next)] : []),
    ...regionLine(page),
    list,
    element("h2", {}, t("Si rien n’a marché")),
    element("ul", {}, ...texts.last.map((line) => element("li", {}, line))),
    ...outcomeLinks(page, address),
    ...reportOffer(page),
    ...ownership(page),
    symbolsOf(texts),
  );
}

function missingPage(address: string): HTMLElement {
  const sentence = t("Cette page n’est pas encore sur ce téléphone. Ouvrez-la une fois avec du réseau.");
  return element("p", { class: "note" }, sentence, " ", element("a", { href: address }, t("Ouvrir la page")));
}

/** The sentence about an answer that has not come in time, with the next step; "" for none. */
function nextSentence(page: CaseScreens, texts: HarmTexts, names: readonly string[], today: string): string {
  const { records } = page.current.content;
  const title = (name: string) => texts.steps.get(name)?.querySelector("h3")?.textContent ?? "";
  const late = names.find((name) => isOverdue(records[name], today));
  const next = names.find((name) => !records[name]);
  if (late !== undefined && next !== undefined)
    return t("Pas de réponse dans les jours que vous avez choisis. Étape suivante : {step}.", { step: title(next) });
  if (late !== undefined) return t("Pas de réponse dans les jours que vous avez choisis. Redemandez des nouvelles.");
  return "";
}

function safetyStep(texts: HarmTexts, inDanger: boolean, progress: HTMLElement): HTMLElement {
  const parts: Node[] = [];
  if (inDanger)
    parts.push(
      element("p", {}, element("b", {}, t("Éloignez-vous d’abord, et appelez de l’aide. La plainte vient après."))),
      element("p", {}, element("a", { class: "go", href: "../danger" }, pictogram("stop"), t("Danger : qui appeler"))),
    );
  if (texts.danger) parts.push(...[...texts.danger.querySelectorAll("p")].map((line) => line.cloneNode(true)));
  if (parts.length === 0)
    parts.push(element("p", {}, t("Ne restez pas seul : parlez-en à une personne de confiance.")));
  return element(
    "li",
    { class: "pic" },
    pictogram("stop"),
    element("h3", {}, t("Se mettre en sécurité")),
    ...parts,
    progress,
  );
}

function proofStep(page: CaseScreens, texts: HarmTexts, progress: HTMLElement): HTMLElement {
  const { current } = page;
  const { entries, harm } = current.content;
  const label = entries.length > 0 ? t("Mes preuves ({n})", { n: entries.length }) : t("Noter une preuve");
  const open = () => void page.show(current.keepsWords && current.isKept ? "proof" : "protection");
  return element(
    "li",
    { class: "pic" },
    pictogram(keepsPictures(harm) ? "camera" : "hidden"),
    element("h3", {}, t("Garder la preuve")),
    element("ul", {}, ...texts.first.map((line) => element("li", {}, line))),
    element("p", {}, actionLink(keepsPictures(harm) ? "camera" : "hidden", label, open, { class: "go" })),
    progress,
  );
}

function pathStep(page: CaseScreens, name: string, texts: HarmTexts, progress: HTMLElement): HTMLElement {
  const item = texts.steps.get(name) as HTMLElement;
  for (const letter of item.querySelectorAll<HTMLAnchorElement>("a.go,.rows a"))
    letter.hash = `case=${page.current.isKept ? page.current.id : ""}`;
  nearestFirst(page, item);
  item.append(progress);
  return item;
}

/** The region whose offices stand first, and the way to another one; nothing where the page has no regions. */
function regionLine(page: CaseScreens): HTMLElement[] {
  const region = page.regionName(page.region ?? "");
  if (!region) return [];
  const label = t("Votre région : {region}", { region });
  return [
    element(
      "p",
      {},
      actionLink("location", label, () => void page.show("region")),
    ),
  ];
}

function outcomeLinks(page: CaseScreens, address: string): HTMLElement[] {
  const spoken = new URL("spoken", address).href;
  return [
    element("p", {}, element("a", { class: "go", href: spoken }, pictogram("speak"), t("Dire sa plainte sans écrire"))),
    element(
      "p",
      {},
      button(t("Imprimer le dossier"), () => void page.show("printed"), { class: "quiet" }),
    ),
  ];
}

/** The public form that counts complaints, offered once a step was taken; none where the site has no such form. */
function reportOffer(page: CaseScreens): HTMLElement[] {
  const offer = document.querySelector("[data-report]")?.cloneNode(true) as HTMLElement | undefined;
  if (!offer || Object.keys(page.current.content.records).length === 0) return [];
  offer.hidden = false;
  return [offer];
}

function ownership(page: CaseScreens): HTMLElement[] {
  const { current } = page;
  const all = button(t("Tous mes dossiers"), () => void page.showStart(), { class: "quiet" });
  const erase = confirmButton(t("Effacer ce dossier"), t("Oui, effacer"), () => {
    page.region = undefined;
    void Promise.all([current.drop(), forgetReminders(page.session.store, current.id)]).then(() => page.showStart());
  });
  return [
    element("p", {}, element("small", {}, holderSentence(current))),
    element("p", {}, all, " ", ...(current.isKept ? [erase] : [])),
  ];
}

/** The pictograms of the harm's page, so that its steps keep theirs. */
function symbolsOf(texts: HarmTexts): HTMLElement {
  const drawings = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawings.setAttribute("hidden", "");
  drawings.append(...texts.symbols.filter(({ id }) => !document.getElementById(id)));
  return element("div", { hidden: true }, drawings);
}
