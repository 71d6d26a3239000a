/** The control of a bar code: read from a photo where the browser can, and always typed. */
import { button, element } from "../../ui/dom";
import { t } from "../../ui/i18n";
import type { Control, ControlContext } from "./control";
import { textControl } from "./typed-controls";

interface Detector {
  detect(image: ImageBitmap): Promise<readonly { readonly rawValue: string }[]>;
}

export function barcodeControl(context: ControlContext): Control {
  const typed = textControl(context);
  const detector = (globalThis as { BarcodeDetector?: new () => Detector }).BarcodeDetector;
  if (!detector) return typed;
  const field = typed.element as HTMLInputElement;
  const status = element("p", { role: "status" });
  const camera = element("input", { type: "file", accept: "image/*", capture: "environment", hidden: true });
  const read = async (file: File): Promise<void> => {
    status.textContent = t("Je lis le code…");
    const [code] = await new detector().detect(await createImageBitmap(file));
    status.textContent = code ? "" : t("Aucun code sur cette photo. Reprenez-la de plus près, ou écrivez le code.");
    if (!code) return;
    field.value = code.rawValue;
    void context.change(code.rawValue);
  };
  camera.addEventListener("change", () => {
    const file = camera.files?.[0];
    camera.value = "";
    const failed = () => (status.textContent = t("Cette image ne s’ouvre pas. Prenez-en une autre."));
    if (file) void read(file).catch(failed);
  });
  const scan = button(t("Lire le code par l’appareil photo"), () => camera.click());
  return { ...typed, element: element("div", {}, field, element("p", {}, scan), camera, status) };
}
