/** Shows a pack as codes that follow each other, for the camera of another phone (PROTOCOL.md, section 16). */
import { button, element, fill } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { type CodeDrawing, codeDrawing, drawCode, emptyCode } from "../../ui/qr-code";

/** Slow cameras see each, and no place flashes three times in a second (WCAG 2.3.1). */
const INTERVAL = 250; // milliseconds
const MASK = 0; // any does: what is packed looks like chance

export function showCodes(host: HTMLElement, frames: readonly string[]): void {
  const code = emptyCode(t("Codes à lire par l’autre téléphone"));
  code.style.maxWidth = "24rem";
  const number = element("p", {});
  const drawings: CodeDrawing[] = [];
  let at = 0;
  const timer = setInterval(() => draw(), INTERVAL);
  const draw = (): void => {
    if (!code.isConnected) {
      clearInterval(timer);
      return;
    }
    const drawing = drawings[at] ?? codeDrawing(frames[at] ?? "", MASK);
    drawings[at] = drawing;
    drawCode(code, drawing);
    number.textContent = t("Code {number} sur {count}", { number: at + 1, count: frames.length });
    at = (at + 1) % frames.length;
  };
  const advice = t(
    "Sur l’autre téléphone, ouvrez « Mon téléphone » et touchez « Lire les codes ». Tenez-le à une main d’ici, jusqu’au bout.",
  );
  const stop = button(t("Arrêter"), () => fill(host), { class: "quiet" });
  fill(host, element("p", {}, advice), code, number, stop);
  draw();
  code.scrollIntoView({ block: "center" });
}
