/** Asks for the PIN in place of what it protects, and locks again when idle. */
import { storeSessionKey } from "../fieldwork/unlocked-key";
import type { Vault } from "../fieldwork/vault";
import { button, element, fill } from "./dom";
import { formatNumber, t } from "./i18n";
import { leaveAtOnce } from "./quick-exit";

const IDLE = 3 * 60_000; // ms without a touch
const HIDDEN = 60_000; // ms behind another app
const WORD = 20_000; // ms between two messages to the service worker

/** Shows the question in `host` until the vault is open. */
export async function requireUnlock(host: HTMLElement, vault: Vault): Promise<void> {
  if (vault.isOpen) return;
  await new Promise<void>((resolve) => fill(host, pinQuestion(vault, resolve)));
}

function pinQuestion(vault: Vault, onOpen: () => void): HTMLElement {
  const field = element("input", {
    id: "pin",
    type: "password",
    inputmode: "numeric",
    autocomplete: "off",
    required: true,
    "aria-describedby": "pin-said",
  });
  const status = element("p", { id: "pin-said", role: "alert" });
  const enter = element("button", {}, t("Ouvrir"));
  const form = element(
    "form",
    { autocomplete: "off" },
    element("h2", {}, t("Votre code")),
    labelFor("pin", t("Code de cette application")),
    field,
    status,
    enter,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    enter.disabled = true;
    void vault.unlock(field.value).then((outcome) => {
      enter.disabled = false;
      if (outcome.kind === "open") return onOpen();
      field.value = "";
      field.focus();
      status.textContent =
        outcome.kind === "wrong"
          ? `${t("Ce n’est pas ce code.")} ${waitSentence(outcome.wait)}`
          : waitSentence(outcome.wait);
    });
  });
  const forgotten = element(
    "p",
    {},
    button(t("Code oublié"), () => forgotten.replaceWith(forgotPinWarning(vault, onOpen)), { class: "quiet" }),
  );
  return element("div", {}, form, forgotten);
}

function forgotPinWarning(vault: Vault, onOpen: () => void): HTMLElement {
  const warning = t(
    "Personne ne peut retrouver ce code. Les fiches commencées seront perdues ; les fiches finies attendent toujours leur envoi.",
  );
  const eraseButton = button(t("Effacer les fiches commencées"), () => void vault.resetPin().then(onOpen));
  return element("div", { class: "danger" }, element("p", {}, element("b", {}, warning), " ", eraseButton));
}

function waitSentence(wait: number): string {
  return wait > 0 ? t("Attendez {n} s avant d’essayer encore.", { n: formatNumber(Math.ceil(wait / 1000), 0) }) : "";
}

export function labelFor(id: string, text: string): HTMLElement {
  return element("label", { for: id }, text);
}

/** Stores the key of an open vault with a PIN for the next page, locks it when idle, and then calls `onLock`. */
export function lockWhenIdle(vault: Vault, onLock: () => void): void {
  if (!vault.hasPin || guardedVaults.has(vault)) return;
  guardedVaults.add(vault);
  let idle: ReturnType<typeof setTimeout> | undefined;
  let hidden: ReturnType<typeof setTimeout> | undefined;
  const lock = () => {
    lockVault(vault);
    guardedVaults.delete(vault);
    clearInterval(keepAlive);
    onLock();
  };
  const restartIdle = () => {
    clearTimeout(idle);
    idle = setTimeout(lock, IDLE);
  };
  storeSessionKey(vault.key);
  const keepAlive = setInterval(() => storeSessionKey(vault.key), WORD);
  for (const name of ["pointerdown", "keydown", "input"]) addEventListener(name, restartIdle, { passive: true });
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hidden);
    if (document.visibilityState === "hidden") hidden = setTimeout(lock, HIDDEN);
  });
  restartIdle();
}

const guardedVaults = new WeakSet<Vault>();

export function lockVault(vault: Vault): void {
  vault.lock();
  storeSessionKey(null);
}

/** A button that leaves at once for a neutral page, which "back" does not undo. Calls `onExit` first. */
export function quickExitButton(onExit: () => void): HTMLElement {
  const leave = () => {
    onExit();
    leaveAtOnce();
  };
  return button(t("Sortie rapide"), leave, { class: "quiet" });
}
