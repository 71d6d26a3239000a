/** Shows a page's address as a code for another phone. */
import { element } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { codeDrawing, drawCode, emptyCode } from "../../ui/qr-code";

/** The advice to the other person, and the code. */
export function codeToScan(address: string): [HTMLElement, SVGSVGElement] {
  const advice = t("L’autre personne ouvre son appareil photo et vise ce code. Il lui faut du réseau une fois.");
  const code = emptyCode(t("Code à scanner : l’adresse de cette page"));
  drawCode(code, codeDrawing(address));
  return [element("p", {}, advice), code];
}
