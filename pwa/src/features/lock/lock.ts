/** On "Mon téléphone": makes this phone a facilitator's device, and puts a PIN on what is written on it. */
import { hasWebCrypto } from "../../crypto/verifier";
import { type FieldSession, openFieldSession } from "../../fieldwork/session";
import { element, fill } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { enrolmentSection } from "./enrolment";
import { pinSection } from "./pin-settings";

export const mount: Feature = async (host, store) => {
  if (!store.isLasting || !hasWebCrypto()) return;
  const workplace = await openFieldSession(store);
  const place = element("div");
  host.append(place);
  await show(place, workplace);
};

async function show(place: HTMLElement, workplace: FieldSession): Promise<void> {
  const again = () => void show(place, workplace);
  const [device, drafts] = await Promise.all([workplace.desk.setting("device"), workplace.desk.drafts()]);
  const wantsPin = device !== undefined || drafts.length > 0 || workplace.vault.hasPin;
  fill(place, ...(await enrolmentSection(workplace, device, again)), ...(wantsPin ? pinSection(workplace, again) : []));
}
