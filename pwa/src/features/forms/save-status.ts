/** Saves a draft after each change, and says so only once it is on the disk. */
import { StorageFull } from "../../db/store-contract";
import { element } from "../../ui/dom";
import { t } from "../../ui/i18n";

export class SaveStatus {
  readonly element = element("small");
  /** Number of changes: only the result of the last one is displayed. */
  private changeCount = 0;
  /** True while the last change is on the disk, so that keeping the screen's place changes no word. */
  private isKept = false;

  constructor(private readonly isPractice: boolean) {}

  /**
   * Runs `save`; false if it failed. `hasUnreadable`: an input on the screen is no answer, and so not saved.
   * `isPlaceOnly`: no answer changed, only the screen.
   */
  async run(save: () => Promise<void>, hasUnreadable: () => boolean, isPlaceOnly = false): Promise<boolean> {
    const change = ++this.changeCount;
    const setStatus = (sentence: string): void => {
      if (change !== this.changeCount || this.isPractice || this.element.textContent === sentence) return;
      this.element.textContent = sentence;
    };
    if (!(isPlaceOnly && this.isKept)) setStatus("…");
    this.isKept = isPlaceOnly && this.isKept;
    try {
      await save();
      const isKept = !hasUnreadable();
      this.isKept ||= isKept && change === this.changeCount;
      setStatus(isKept ? t("Gardé sur ce téléphone.") : t("Cette réponse n’est pas encore gardée."));
      return true;
    } catch (error) {
      setStatus(
        error instanceof StorageFull
          ? t("Plus de place : cette réponse n’est pas gardée. Effacez des photos ou des vidéos.")
          : t("Cette réponse n’est pas encore gardée."),
      );
      return false;
    }
  }
}
