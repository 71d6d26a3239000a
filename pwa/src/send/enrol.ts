/** Makes this phone a device (PROTOCOL.md, section 12). A lost answer is no lost device: the same code with the same key has the same answer. */
import { generateDeviceKey, signText } from "../crypto/device-key";
import type { Device, FieldworkStore } from "../db/fieldwork-contract";
import { readRow } from "../net/ndjson-rows";
import { Interrupted, type Network } from "../net/network";
import { enrolmentText } from "../protocol/submission";

export type EnrolOutcome =
  | { readonly kind: "enrolled"; readonly device: Device }
  /** A code of the wire: code-used, code-expired, code-unknown, busy; or `network`. */
  | { readonly kind: "refused"; readonly code: string };

interface Answer {
  readonly device: string;
  readonly name: string;
  readonly place: string;
  readonly until: string;
}

/** `code` in capitals without `-`. */
export async function enrol(desk: FieldworkStore, network: Network, site: string, code: string): Promise<EnrolOutcome> {
  const begun = await desk.setting("enrolling");
  const key = begun?.code === code ? begun.key : await generateDeviceKey();
  await desk.saveSetting("enrolling", { code, key });
  const signature = await signText(key.secret, enrolmentText(site, code, key.public_));
  try {
    const answer = await network.request("/devices", {
      method: "POST",
      body: JSON.stringify({ code, key: key.public_, signature }),
    });
    const said = await readRow<Answer & { code?: string }>(answer);
    if (answer.status !== 201 && answer.status !== 200)
      return { kind: "refused", code: said?.code ?? (answer.status === 503 ? "busy" : "network") };
    if (!said?.device) return { kind: "refused", code: "network" };
    const { device, name, place, until } = said;
    const made: Device = { device, name, place, until, secret: key.secret };
    await desk.saveSetting("device", made);
    await desk.dropSetting("enrolling");
    return { kind: "enrolled", device: made };
  } catch (error) {
    if (error instanceof Interrupted) return { kind: "refused", code: "network" };
    throw error;
  }
}
