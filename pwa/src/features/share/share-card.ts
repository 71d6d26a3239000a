/**
 * Draws a notice as a picture to hand back to the group that a rumour came from: the verdict by shape and word, what
 * the message says, the address and its code. Small enough for any network; nothing is sent by this site.
 */
import { encode } from "uqr";
import { shareFiles } from "../../ui/share-text-files";

const WIDTH = 600; // pixels
const MARGIN = 31;
const SHAPE = 72;
const CODE = 200;
const LARGEST = 30_000; // bytes
const QUALITIES = [0.8, 0.6, 0.45, 0.3];
const INK = "#26160c";
const SHEET = "#fffaf0";
const TONES: Readonly<Record<string, string>> = { bad: "#7d150c", good: "#12482a" };
const DOUBT = "#4e3826";

/** True if the share sheet took the picture; false if it was saved as a download. */
export async function shareCard(main: ParentNode, address: string): Promise<boolean> {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = draw(canvas, main, address); // measured first: its size empties it
  draw(canvas, main, address);
  for (const quality of QUALITIES) {
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    if (!blob) break;
    if (blob.size > LARGEST && quality !== QUALITIES[QUALITIES.length - 1]) continue;
    return shareFiles([new File([blob], `${address.split("/").pop() ?? ""}.jpg`, { type: blob.type })]);
  }
  return false;
}

/** Returns the height in pixels. */
function draw(canvas: HTMLCanvasElement, main: ParentNode, address: string): number {
  const pen = canvas.getContext("2d");
  const verdict = main.querySelector(".verdict");
  if (!pen || !verdict) return 0;
  const tone = Object.keys(TONES).find((name) => verdict.classList.contains(name));
  pen.fillStyle = SHEET;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = (tone && TONES[tone]) || DOUBT;
  pen.fillRect(0, 0, WIDTH, SHAPE + 2 * MARGIN);
  drawShape(pen, verdict);
  pen.fillStyle = SHEET;
  write(pen, textOf(verdict.querySelector("b")), "bold 44px sans-serif", 2 * MARGIN + SHAPE, MARGIN + 4);
  pen.fillStyle = INK;
  let y = SHAPE + 3 * MARGIN;
  y = write(pen, textOf(main.querySelector("h1")), "bold 34px sans-serif", MARGIN, y) + MARGIN / 2;
  y = write(pen, claimOf(main), "27px sans-serif", MARGIN, y) + MARGIN;
  drawCode(pen, address, y);
  const side = MARGIN * 2 + CODE;
  return Math.max(y + CODE, write(pen, address.replace(/^https?:\/\//, ""), "24px sans-serif", side, y)) + MARGIN;
}

/** Draws the verdict's pictogram, as the page defines it. */
function drawShape(pen: CanvasRenderingContext2D, verdict: Element): void {
  const name = verdict.querySelector("use")?.getAttribute("href") ?? "";
  const path = name && document.querySelector(`${name} path`)?.getAttribute("d");
  if (!path) return;
  pen.save();
  pen.translate(MARGIN, MARGIN);
  pen.scale(SHAPE / 24, SHAPE / 24); // pictograms are drawn on 24 by 24
  pen.strokeStyle = SHEET;
  pen.lineWidth = 2;
  pen.lineCap = pen.lineJoin = "round";
  pen.stroke(new Path2D(path));
  pen.restore();
}

function drawCode(pen: CanvasRenderingContext2D, address: string, top: number): void {
  const { data, size } = encode(address, { border: 2, ecc: "M" });
  const module = Math.floor(CODE / size); // whole pixels: cameras read sharp edges
  pen.fillStyle = "#fff";
  pen.fillRect(MARGIN, top, module * size, module * size);
  pen.fillStyle = "#000";
  for (const [y, row] of data.entries())
    for (const [x, isDark] of row.entries())
      if (isDark) pen.fillRect(MARGIN + x * module, top + y * module, module, module);
  pen.fillStyle = INK;
}

/** Writes in lines that fit, words that are too long in pieces; returns the place below. */
function write(pen: CanvasRenderingContext2D, text: string, font: string, left: number, top: number): number {
  pen.font = font;
  pen.textBaseline = "top";
  const height = Number.parseInt(/\d+/.exec(font)?.[0] ?? "0", 10) * 1.25;
  let y = top;
  let line = "";
  for (const piece of text.match(/[^\s/-]+[\s/-]*|[/-]+/g) ?? []) {
    if (line && left + pen.measureText(line + piece).width > WIDTH - MARGIN) {
      pen.fillText(line, left, y);
      y += height;
      line = "";
    }
    line += piece;
  }
  pen.fillText(line, left, y);
  return y + height;
}

function claimOf(main: ParentNode): string {
  const quote = main.querySelector("blockquote")?.cloneNode(true);
  if (!(quote instanceof Element)) return "";
  const label = quote.querySelector("small");
  label?.parentNode?.removeChild(label);
  return textOf(quote);
}

function textOf(element: Element | null): string {
  return (element?.textContent ?? "").replace(/\s+/g, " ").trim();
}
