/** Mounts the section of "Mon téléphone" for fieldwork: enrolment and the PIN. */
import { hasWebCrypto } from "../../crypto/signature-verifier";
import { type FieldSession, openFieldSession } from "../../fieldwork/field-session";
import { element, fill } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { enrolmentSection } from "./device-enrolment";
import { pinSection } from "./pin-settings";

export const mount: Feature = async (host, store) => {
  if (!store.isLasting || !hasWebCrypto()) return;
  const fieldSession = await openFieldSession(store);
  const section = element("div");
  host.append(section);
  await show(section, fieldSession);
};

async function show(section: HTMLElement, fieldSession: FieldSession): Promise<void> {
  const refresh = () => void show(section, fieldSession);
  const [device, drafts] = await Promise.all([
    fieldSession.fieldwork.setting("device"),
    fieldSession.fieldwork.drafts(),
  ]);
  const wantsPin = device !== undefined || drafts.length > 0 || fieldSession.vault.hasPin;
  fill(
    section,
    ...(await enrolmentSection(fieldSession, device, refresh)),
    ...(wantsPin ? pinSection(fieldSession, refresh) : []),
  );
}
