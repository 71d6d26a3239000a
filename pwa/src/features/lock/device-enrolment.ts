/** Enrols this phone as a device with a code from the coordination, typed or from a QR code's address. */
import type { Device } from "../../db/fieldwork-contract";
import type { FieldSession } from "../../fieldwork/field-session";
import { keepFormsApart } from "../../fieldwork/kept-forms";
import { createSiteNetwork } from "../../net/site-network";
import { normalizeCode } from "../../protocol/submission";
import { enrol } from "../../send/enrol";
import { confirmButton } from "../../ui/confirmation";
import { element } from "../../ui/dom";
import { formatDay, t } from "../../ui/i18n";
import { labelFor } from "../../ui/unlock";

const CODE_LENGTH = 10;

export async function enrolmentSection(
  fieldSession: FieldSession,
  device: Device | undefined,
  refresh: () => void,
): Promise<HTMLElement[]> {
  const scanned = codeInAddress();
  if (device && !device.revoked && scanned === null) return enrolledSection(fieldSession, device, refresh);
  const open = scanned !== null;
  const section = element(
    "details",
    open ? { open, id: "enrol" } : { id: "enrol" },
    element("summary", {}, t("Vous avez reçu un code d’inscription ?")),
    enrolmentForm(fieldSession, scanned ?? "", refresh),
  );
  if (open) requestAnimationFrame(() => section.querySelector<HTMLElement>("form button")?.focus()); // in view at once
  return device?.revoked
    ? [
        element(
          "p",
          { class: "note" },
          t("Ce téléphone n’est plus inscrit : la coordination l’a retiré le {date}.", {
            date: formatDay(device.revoked),
          }),
        ),
        section,
      ]
    : [section];
}

function enrolledSection({ fieldwork }: FieldSession, device: Device, refresh: () => void): HTMLElement[] {
  const leave = confirmButton(
    t("Désinscrire ce téléphone"),
    t("Oui, désinscrire : ce qui n’est pas reçu ne pourra plus partir en son nom"),
    () => void fieldwork.dropSetting("device").then(refresh),
  );
  const rows = element(
    "dl",
    { class: "data" },
    factRow(t("Inscrit au nom de"), device.name),
    factRow(t("Jusqu’au"), formatDay(device.until)),
  );
  const forms = element(
    "a",
    { class: "go", href: `/${document.documentElement.dataset.channel ?? ""}/forms` },
    t("Mes fiches"),
  );
  return [element("h2", {}, t("Ce téléphone est inscrit")), rows, element("p", {}, forms, leave)];
}

function enrolmentForm(fieldSession: FieldSession, code: string, refresh: () => void): HTMLElement {
  const field = element("input", {
    id: "code",
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    placeholder: "XXXXX-XXXXX",
    "aria-describedby": "code-said",
  });
  const status = element("p", { id: "code-said", role: "alert" });
  const send = element("button", {}, t("Inscrire ce téléphone"));
  field.value = code;
  const formElement = element(
    "form",
    { autocomplete: "off" },
    labelFor("code", t("Le code de dix signes")),
    field,
    status,
    send,
  );
  formElement.addEventListener("submit", (event) => {
    event.preventDefault();
    const parsedCode = normalizeCode(field.value, CODE_LENGTH);
    if (parsedCode === null) {
      status.textContent = t("Un code a dix lettres ou chiffres. Relisez-le.");
      return;
    }
    send.disabled = true;
    status.textContent = t("Je demande au réseau…");
    void tryEnrol(fieldSession, parsedCode).then((trouble) => {
      send.disabled = false;
      if (trouble) {
        status.textContent = trouble;
        return;
      }
      history.replaceState(null, "", location.pathname); // the code is spent
      refresh();
    });
  });
  return formElement;
}

/** The sentence for an outcome, "" for success. */
async function tryEnrol(fieldSession: FieldSession, code: string): Promise<string> {
  const { store, fieldwork } = fieldSession;
  const trust = await store.trust();
  if (!trust) return t("Attendez que les pages du site soient arrivées, puis réessayez.");
  const outcome = await enrol(fieldwork, createSiteNetwork(store), trust.site, code);
  if (outcome.kind !== "enrolled") return enrolProblemSentence(outcome.code);
  await keepFormsApart(fieldSession, document.documentElement.dataset.channel ?? "");
  return "";
}

function enrolProblemSentence(code: string): string {
  switch (code) {
    case "code-used":
      return t("Ce code a déjà servi sur un autre téléphone. Demandez-en un nouveau.");
    case "code-expired":
      return t("Ce code n’est plus valable. Demandez-en un nouveau.");
    case "code-unknown":
      return t("Ce code n’existe pas. Relisez-le, signe par signe.");
    case "busy":
      return t("Trop d’essais en ce moment. Réessayez dans quelques minutes.");
    default:
      return t("Le réseau ne répond pas. Réessayez : le code reste bon.");
  }
}

function codeInAddress(): string | null {
  const [, code] = /^#enrol=([\w-]+)$/.exec(location.hash) ?? [];
  return code === undefined ? null : code;
}

function factRow(name: string, value: string): HTMLElement {
  return element("div", {}, element("dt", {}, name), element("dd", {}, value));
}
