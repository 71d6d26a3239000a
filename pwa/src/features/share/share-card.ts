/**
 * Draws a notice as a picture to hand back to the group that a rumour came from: the verdict by shape and word, what
 * the message says, the address and its code. Nothing is sent by this site.
 */
import { encode } from "uqr";
import { shareFiles } from "../../ui/share-text-files";

const WIDTH = 600; // pixels
const MARGIN = 31;
const SHAPE = 72;
const CODE = 200;
const LARGEST = 30_000; // bytes; at the last quality the longest title and claim stay below
const QUALITIES = [0.6, 0.45, 0.3, 0.2, 0.1];
const LONGEST_CLAIM = 160; // letters; who wants the rest opens the address
const INK = "#26160c";
const SHEET = "#fffaf0";
const TONES: Readonly<Record<string, string>> = { bad: "#7d150c", good: "#12482a" };
const DOUBT = "#4e3826";

/** Hands the picture to the share sheet, or saves it as a download. */
export async function shareCard(main: ParentNode, address: string): Promise<void> {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = draw(canvas, main, address); // measured first: its size empties it
  draw(canvas, main, address);
  let picture: Blob | null = null;
  for (const quality of QUALITIES) {
    picture = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    if (!picture || picture.size <= LARGEST) break;
  }
  if (picture) await shareFiles([new File([picture], `${address.split("/").pop()}.jpg`, { type: picture.type })]);
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

/** Writes in lines that fit, a word that is wider than a line letter by letter; returns the place below. */
function write(pen: CanvasRenderingContext2D, text: string, font: string, left: number, top: number): number {
  pen.font = font;
  pen.textBaseline = "top";
  const height = Number.parseInt(/\d+/.exec(font)?.[0] ?? "0", 10) * 1.25;
  let y = top;
  let line = "";
  const fits = (words: string) => left + pen.measureText(words).width <= WIDTH - MARGIN;
  const words = text.match(/[^\s/-]+[\s/-]*|[/-]+/g) ?? [];
  for (const piece of words.flatMap((word) => (fits(word) ? word : [...word]))) {
    if (line && !fits(line + piece)) {
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
  const letters = [...textOf(quote)];
  return letters.length > LONGEST_CLAIM ? `${letters.slice(0, LONGEST_CLAIM).join("")}…` : letters.join("");
}

function textOf(element: Element | null): string {
  return (element?.textContent ?? "").replace(/\s+/g, " ").trim();
}
