/** Draws an address as a code that another phone's camera reads, without a network. */
import { encode } from "uqr";
import { element } from "../../ui/dom";
import { t } from "../../ui/i18n";

const SVG = "http://www.w3.org/2000/svg";
const BORDER = 4; // modules of white around it, as ISO 18004 asks

/** The advice to the other person, and the code. */
export function codeToScan(address: string): [HTMLElement, SVGSVGElement] {
  const advice = t("L’autre personne ouvre son appareil photo et vise ce code. Il lui faut du réseau une fois.");
  return [element("p", {}, advice), qrCode(address)];
}

function qrCode(address: string): SVGSVGElement {
  const { data, size } = encode(address, { border: BORDER, ecc: "M" });
  const squares = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")));
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "qr");
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", t("Code à scanner : l’adresse de cette page"));
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", squares.join(""));
  svg.append(path);
  return svg;
}
