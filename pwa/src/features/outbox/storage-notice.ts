/** Warns when storage is scarce, and asks the browser to keep it persistent. */
import { button, element } from "../../ui/dom";
import { formatBytes, t } from "../../ui/i18n";

/** Below this, a photo may not be kept any more: time to hand over what waits. */
const SCARCE = 20_000_000; // bytes

export async function storageNotice(refresh: (sentence?: string) => void): Promise<HTMLElement | null> {
  const storage = navigator.storage as StorageManager | undefined;
  const parts: HTMLElement[] = [];
  const { quota = SCARCE, usage = 0 } = (await storage?.estimate?.().catch(() => undefined)) ?? {};
  const free = quota - usage;
  if (free < SCARCE)
    parts.push(
      element(
        "p",
        {},
        t("Il reste {size} sur ce téléphone. Envoyez ou partagez vos fiches avant de prendre des photos.", {
          size: formatBytes(free),
        }),
      ),
    );
  if ((await storage?.persisted?.()) === false) {
    const ask = async () => {
      const isPersisted = await storage?.persist?.();
      refresh(
        isPersisted
          ? t("Le navigateur gardera vos fiches.")
          : t("Le navigateur ne le promet pas encore. Ajoutez le site à l’écran d’accueil, puis réessayez."),
      );
    };
    parts.push(
      element(
        "p",
        {},
        t("Quand la place manque, le navigateur peut effacer des fiches qui attendent. Demandez-lui de les garder."),
      ),
      element(
        "p",
        {},
        button(t("Garder mes fiches"), () => void ask(), { class: "quiet" }),
      ),
    );
  }
  return parts.length > 0 ? element("div", { class: "note" }, ...parts) : null;
}
