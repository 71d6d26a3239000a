/** Finds a code in a picture: for browsers without a BarcodeDetector, in a file of its own that is fetched by choice. */
import { decodeQR } from "qr/decode.js";

/** The text of the code in a picture; undefined where none is read. */
export function decodeCode(picture: ImageData): string | undefined {
  try {
    return decodeQR(picture, { format: "RGBA" });
  } catch {
    return undefined; // the package throws where it finds no code
  }
}
