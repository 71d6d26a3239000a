/** The control of a photograph: scaled down on the phone and stripped of its metadata. */

import { isAttachmentRef } from "../../protocol/answers";
import { MAX_ATTACHMENT_BYTES } from "../../protocol/submission";
import { button, element, fill } from "../../ui/dom";
import { formatBytes, t } from "../../ui/i18n";
import type { Control, ControlContext } from "./control";

const PIXELS = 1280;
const TYPE = "image/jpeg";
const QUALITY = 0.75;
const PREVIEW = 240;

export function photoControl({ question, id, describedBy, storage, answer, change }: ControlContext): Control {
  const status = element("p", { role: "status" });
  const preview = element("div");
  const field = element("input", {
    id,
    type: "file",
    accept: "image/*",
    "aria-describedby": describedBy,
  });
  let key = isAttachmentRef(answer) ? answer.file : undefined;
  const removeButton = button(t("Enlever la photo"), () => void replacePhoto(null), { class: "quiet" });
  const replacePhoto = async (blob: Blob | null): Promise<void> => {
    const previousKey = key;
    key = blob ? await storage.attach({ bytes: await blob.arrayBuffer(), type: TYPE }) : undefined;
    const isKept = await change(key === undefined ? undefined : { file: key });
    // Only now: a saved draft must not name a deleted file.
    if (isKept && previousKey !== undefined) await storage.detach(previousKey);
    status.textContent = blob && isKept ? t("Photo gardée : {size}.", { size: formatBytes(blob.size) }) : "";
    removeButton.hidden = !blob;
    await show(preview, blob);
  };
  const takePhoto = async (): Promise<void> => {
    const file = field.files?.[0];
    if (!file) return;
    status.textContent = t("Je réduis la photo…");
    const small = await shrink(file, question.pixels ?? PIXELS);
    field.value = "";
    if (!small) status.textContent = t("Cette image ne s’ouvre pas. Prenez-en une autre.");
    else if (small.size > MAX_ATTACHMENT_BYTES) status.textContent = t("Cette image est trop lourde.");
    else await replacePhoto(small);
  };
  field.addEventListener(
    "change",
    () => void takePhoto().catch(() => (status.textContent = t("Ce téléphone n’a plus de place pour une photo."))),
  );
  removeButton.hidden = key === undefined;
  if (key !== undefined)
    void storage
      .attachment(key)
      .then((attachment) => show(preview, attachment && new Blob([attachment.bytes], { type: attachment.type })));
  const warning = element("small", {}, t("L’appareil photo garde aussi l’original dans la galerie du téléphone."));
  return {
    element: element(
      "div",
      {},
      preview,
      status,
      element("label", { for: id }, t("Prendre ou choisir une photo")),
      field,
      removeButton,
      warning,
    ),
    isSet: true,
    focus: () => field.focus(),
  };
}

/** The image redrawn with at most `pixels` on its longer side; null if this browser cannot decode it. */
async function shrink(file: Blob, pixels: number): Promise<Blob | null> {
  const image = await decodeImage(file);
  if (!image) return null;
  const canvas = drawOnCanvas(image, pixels);
  return new Promise((resolve) => canvas.toBlob(resolve, TYPE, QUALITY));
}

type Image = ImageBitmap | HTMLImageElement;

async function decodeImage(blob: Blob): Promise<Image | null> {
  try {
    if ("createImageBitmap" in window) return await createImageBitmap(blob);
    const image = element("img", { src: await dataUrl(blob) }); // Safari 14
    await image.decode();
    return image;
  } catch {
    return null;
  }
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

function drawOnCanvas(image: Image, pixels: number): HTMLCanvasElement {
  const scale = Math.min(1, pixels / Math.max(image.width, image.height));
  const canvas = element("canvas", {
    width: Math.round(image.width * scale),
    height: Math.round(image.height * scale),
  });
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function show(host: HTMLElement, blob: Blob | null): Promise<void> {
  const image = blob && (await decodeImage(blob));
  const canvas = image && drawOnCanvas(image, PREVIEW);
  canvas?.setAttribute("role", "img");
  canvas?.setAttribute("aria-label", t("La photo prise"));
  fill(host, ...(canvas ? [canvas] : []));
}
