/** On "Mon téléphone": makes this phone a facilitator's device, and puts a PIN on what is written on it. */
import { canProve } from "../../crypto/verifier";
import { type Workplace, openWorkplace } from "../../fieldwork/session";
import { element, fill } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { enrolment } from "./enrolment";
import { pinSettings } from "./pin-settings";

export const mount: Feature = async (host, store) => {
  if (!store.lasting || !canProve()) return;
  const workplace = await openWorkplace(store);
  const place = element("div");
  host.append(place);
  await show(place, workplace);
};

async function show(place: HTMLElement, workplace: Workplace): Promise<void> {
  const again = () => void show(place, workplace);
  const [device, drafts] = await Promise.all([workplace.desk.setting("device"), workplace.desk.drafts()]);
  const wantsPin = device !== undefined || drafts.length > 0 || workplace.vault.hasPin;
  fill(place, ...(await enrolment(workplace, device, again)), ...(wantsPin ? pinSettings(workplace, again) : []));
}
