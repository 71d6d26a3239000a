/** The control of a position, rounded before it is stored: it names a neighbourhood and no house. */
import { formatPoint } from "../../protocol/answers";
import { button, element } from "../../ui/dom";
import { formatNumber, t } from "../../ui/i18n";
import type { Control, ControlContext } from "./control";

const TIMEOUT = 60_000; // ms: a cheap phone without a network needs that long for satellites
/** Kilometres of one unit of the last digit, by number of decimals, at the equator. */
const STEP = [111, 11, 1.1, 0.11, 0.011, 0.0011];

export function positionControl({ question, id, answer, change }: ControlContext): Control {
  const { decimals = 0 } = question;
  const status = element("p", { role: "status" }, typeof answer === "string" ? answer : "");
  const locateButton = button(
    answer === undefined ? t("Prendre ma position") : t("Reprendre ma position"),
    () => {
      locate(decimals, TIMEOUT, status, (latitude, longitude) => {
        const text = formatPoint(latitude, longitude, decimals);
        status.textContent = text;
        void change(text);
      });
    },
    { id },
  );
  const eraseButton = button(
    t("Effacer"),
    () => {
      status.textContent = "";
      void change(undefined);
    },
    { class: "quiet" },
  );
  return {
    element: element(
      "div",
      {},
      status,
      element("p", {}, locateButton, eraseButton),
      element("small", {}, precisionSentence(decimals)),
    ),
    isSet: true,
    focus: () => locateButton.focus(),
  };
}

/** Asks the phone where it is, and says in `status` what comes of it. `oldest`: ms of an earlier position that will do. */
export function locate(
  decimals: number,
  oldest: number,
  status: HTMLElement,
  onPosition: (latitude: number, longitude: number) => void,
): void {
  status.textContent = t("Je cherche… Restez à ciel ouvert.");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => onPosition(coords.latitude, coords.longitude),
    (error) =>
      (status.textContent =
        error.code === error.PERMISSION_DENIED
          ? t("Le téléphone refuse sa position à cette application.")
          : t("Position introuvable ici. Essayez dehors.")),
    { enableHighAccuracy: decimals > 2, timeout: TIMEOUT, maximumAge: oldest },
  );
}

/** The largest distance of a stored point from the true one. */
export function precisionSentence(decimals: number): string {
  return t("Arrondie : à {n} km près.", { n: formatNumber(STEP[decimals] ?? 1, 4) });
}
