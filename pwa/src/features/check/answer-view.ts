/** The answer to a message: the notices that it resembles and why, or what to look at, and the way to report it. */
import type { ClaimHit, ClaimMatch } from "../../claims/claim-index";
import { shownDigest } from "../../db/held-editions";
import type { PhoneStore } from "../../db/store-contract";
import { pageAddress } from "../../protocol/page";
import { textOfHtml } from "../../protocol/page-text";
import { element, fill, pictogram } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { adviceFor } from "./advice";

const RUMOUR_FORM = "forms/rumeur";
const LONGEST_REPORT = 500; // characters that the form's question takes
const VERDICT = /<p class="?verdict (\w+)"?>.*?#i-([\w-]+).*?<b>(.*?)<\/b>/s;
const WORD = /(?:[\p{L}\p{N}]|[\u0300-\u036f])+/gu;

export class AnswerView {
  private latest = 0;

  constructor(
    private readonly host: HTMLElement,
    private readonly store: PhoneStore,
    private readonly channel: string,
  ) {}

  async show(message: string, { verdict, hits }: ClaimMatch): Promise<void> {
    const turn = ++this.latest;
    const shown = verdict === "sure" ? hits.slice(0, 1) : hits;
    const rows = await Promise.all(shown.map((hit) => this.row(hit)));
    const others = verdict === "sure" ? await Promise.all(hits.slice(1).map((hit) => this.row(hit))) : [];
    const report = await this.report(message);
    if (turn !== this.latest) return;
    const list = element("ul", { class: "rows" }, ...rows);
    const parts =
      verdict === "nothing"
        ? [
            element("h2", {}, t("Aucune fiche de ce téléphone ne dit cela")),
            element("p", {}, t("Le message peut être vrai ou faux. Ne le partagez pas encore. Regardez :")),
            ...adviceFor(message),
            report,
            ...(rows.length > 0 ? [folded(t("Les fiches les plus proches"), list)] : []),
          ]
        : [
            element(
              "h2",
              {},
              verdict === "sure" ? t("Ce message ressemble à une fiche") : t("Peut-être l’un de ceux-ci : comparez"),
            ),
            list,
            quoted(message, new Set(shown[0]?.matched)),
            ...(others.length > 0
              ? [folded(t("D’autres fiches proches"), element("ul", { class: "rows" }, ...others))]
              : []),
            report,
          ];
    fill(this.host, element("section", {}, ...parts));
  }

  /** A notice with its verdict by shape and word. */
  private async row({ slug }: ClaimHit): Promise<HTMLElement> {
    const path = `notices/${slug}`;
    const holding = await this.store.holding(this.channel);
    const digest = holding && shownDigest(holding, path);
    const body = (digest && (await this.store.body(digest))) ?? "";
    const [, tone = "doubt", shape = "", word = ""] = VERDICT.exec(body) ?? [];
    const title = textOfHtml(body.slice(0, Math.max(0, body.indexOf("\n"))));
    return element(
      "li",
      {},
      element(
        "a",
        { href: pageAddress(this.channel, path), class: tone },
        ...(shape ? [pictogram(shape)] : []),
        element("span", {}, title, element("small", {}, textOfHtml(word))),
      ),
    );
  }

  /** The way to report a message, its words carried over; a sentence where the phone has no such form. */
  private async report(message: string): Promise<HTMLElement> {
    const holding = await this.store.holding(this.channel);
    if (!holding || shownDigest(holding, RUMOUR_FORM) === undefined)
      return element("p", {}, t("Demandez à une personne du lieu, ou à une radio que vous connaissez."));
    const start = message.slice(0, LONGEST_REPORT).replace(/[\uD800-\uDBFF]$/, ""); // no half of an emoji: it has no code
    const words = encodeURIComponent(start);
    const href = `${pageAddress(this.channel, RUMOUR_FORM)}#words=${words}`;
    return element("p", {}, element("a", { class: "go", href }, t("Signaler cette rumeur")));
  }
}

/** The message with the words that matched marked. */
function quoted(message: string, matched: ReadonlySet<string>): HTMLElement {
  const parts: (Node | string)[] = [];
  let place = 0;
  for (const word of message.matchAll(WORD)) {
    if (!matched.has(word[0])) continue;
    const at = word.index ?? 0;
    parts.push(message.slice(place, at), element("mark", {}, word[0]));
    place = at + word[0].length;
  }
  parts.push(message.slice(place));
  return element("blockquote", {}, element("small", {}, t("Ce qui se ressemble")), element("br"), ...parts);
}

function folded(title: string, list: HTMLElement): HTMLElement {
  return element("details", {}, element("summary", {}, title), list);
}
