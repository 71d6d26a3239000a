/**
 * Shares a page: the phone's own sheet, else a copy, with the page's steps beside its address; or a code that another
 * phone scans. Nothing is sent by this site.
 */
import { button, element, fill } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { addStyles } from "../../ui/feature-styles";
import { t } from "../../ui/i18n";
import sheet from "./share.css";
import { sharedText } from "./shared-text";

export const mount: Feature = async (host) => {
  const main = host.closest("main");
  if (!main) return;
  addStyles(sheet);
  const address = location.origin + location.pathname; // what a link brought behind the path is nobody's business
  // One text: some programs drop the words that stand beside an address.
  const text = (): string => `${sharedText(main)}\n${address}`;
  const result = element("div", { role: "status" });
  const copyButton = button(t("Copier pour un message"), () => void copy(text(), result), { class: "quiet" });
  const codeButton = button(t("Montrer un code à scanner"), () => void showCode(address, result), { class: "quiet" });
  const buttons = [copyButton, codeButton];
  if (main.querySelector(".verdict"))
    buttons.push(
      button(
        t("Image à renvoyer au groupe"),
        () => void import("./share-card").then((card) => card.shareCard(main, address)),
        { class: "quiet" },
      ),
    );
  if ("share" in navigator)
    buttons.unshift(
      button(t("Partager cette page"), () => void navigator.share({ text: text() }).catch(() => undefined)),
    );
  host.append(element("p", {}, ...buttons), result);
};

async function copy(text: string, result: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    fill(result, element("p", {}, t("C’est copié. Collez-le dans un message.")));
  } catch {
    const shown = element("pre", {}, text); // older browsers, and those that ask and are refused
    fill(result, element("p", {}, t("Touchez longtemps ce texte pour le copier.")), shown);
    getSelection()?.selectAllChildren(shown);
  }
}

async function showCode(address: string, result: HTMLElement): Promise<void> {
  const { codeToScan } = await import("./qr-code");
  fill(result, ...codeToScan(address));
}
