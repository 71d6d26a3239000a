/** Draws codes (ISO 18004) that the camera of another phone reads, without a network. */
import { encode } from "uqr";
import sheet from "../css/qr.css";
import { addStyles } from "./feature-styles";

const SVG = "http://www.w3.org/2000/svg";
const BORDER = 4; // modules of white around it, as ISO 18004 asks
const LARGEST = 15; // version: more modules than cheap cameras tell apart

/** An empty drawing; `label`: its name for those who do not see it. */
export function emptyCode(label: string): SVGSVGElement {
  addStyles(sheet);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "qr");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  svg.append(document.createElementNS(SVG, "path"));
  return svg;
}

/** Draws the code of a text in place of the one before. */
export function drawCode(svg: SVGSVGElement, { size, path }: CodeDrawing): void {
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.firstElementChild?.setAttribute("d", path);
}

export interface CodeDrawing {
  /** Modules of a side with the white around it. */
  readonly size: number;
  /** The dark modules, as the data of an SVG path. */
  readonly path: string;
}

/** `mask`: the pattern to use instead of the best of eight, eight times as fast. */
export function codeDrawing(text: string, mask?: number): CodeDrawing {
  const { data, size } = encode(text, { border: BORDER, ecc: "M", maxVersion: LARGEST, maskPattern: mask ?? -1 });
  const squares = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")));
  return { size, path: squares.join("") };
}
