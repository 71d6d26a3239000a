/** Reads codes from a camera: by the browser where it can, else by a decoder that is fetched by choice and kept. */
import { isSetKept } from "../net/kept-set";

export const DECODER_SIZE = 16_000; // bytes at most: `codes` of budget.json

interface Detector {
  detect(video: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}

/** The text of the code that a camera shows now; undefined for none. */
export type ReadCode = (video: HTMLVideoElement) => Promise<string | undefined>;

/** True where nothing has to be fetched before reading. */
export async function isReaderHere(): Promise<boolean> {
  return (await browserDetector()) !== null || isSetKept("codes");
}

/** Fetches the decoder where this browser needs it. Throws without a network. */
export async function keepReader(): Promise<void> {
  if (!(await isReaderHere())) await import("./code-decoder");
}

/** Throws where the decoder is not here and there is no network. */
export async function openReader(): Promise<ReadCode> {
  const detector = await browserDetector();
  if (detector) return async (video) => (await detector.detect(video))[0]?.rawValue;
  const { decodeCode } = await import("./code-decoder");
  const canvas = document.createElement("canvas");
  return async (video) => {
    const { videoWidth: width, videoHeight: height } = video;
    const side = Math.min(width, height); // the middle, where people hold a code
    canvas.width = canvas.height = side;
    const pen = canvas.getContext("2d");
    if (!pen || side === 0) return undefined;
    pen.drawImage(video, (width - side) / 2, (height - side) / 2, side, side, 0, 0, side, side);
    return decodeCode(pen.getImageData(0, 0, side, side));
  };
}

async function browserDetector(): Promise<Detector | null> {
  const { BarcodeDetector: Own } = globalThis as {
    BarcodeDetector?: { new (options: object): Detector; getSupportedFormats(): Promise<readonly string[]> };
  };
  const formats = (await Own?.getSupportedFormats().catch(() => [])) ?? []; // empty where the system brings none
  return Own && formats.includes("qr_code") ? new Own({ formats: ["qr_code"] }) : null;
}
