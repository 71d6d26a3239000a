/**
 * Enrols this phone as a device (PROTOCOL.md, section 12). Repeatable: the same code with the same key gets the same
 * response.
 */
import { generateDeviceKey, signText } from "../crypto/device-key";
import type { Device, FieldworkStore } from "../db/fieldwork-contract";
import { readRow } from "../net/ndjson-rows";
import { Interrupted, type Network } from "../net/network";
import { enrolmentText } from "../protocol/submission";
import { padJson } from "./padding";

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
export async function enrol(
  fieldwork: FieldworkStore,
  network: Network,
  site: string,
  code: string,
): Promise<EnrolOutcome> {
  const pending = await fieldwork.setting("enrolling");
  const key = pending?.code === code ? pending.key : await generateDeviceKey();
  await fieldwork.saveSetting("enrolling", { code, key });
  const signature = await signText(key.secret, enrolmentText(site, code, key.public_));
  try {
    const response = await network.request("/devices", {
      method: "POST",
      body: padJson({ code, key: key.public_, signature }),
    });
    const reply = await readRow<Answer & { code?: string }>(response);
    if (response.status !== 201 && response.status !== 200)
      return { kind: "refused", code: reply?.code ?? (response.status === 503 ? "busy" : "network") };
    if (!reply?.device) return { kind: "refused", code: "network" };
    const { device, name, place, until } = reply;
    const enrolledDevice: Device = { device, name, place, until, secret: key.secret };
    await fieldwork.saveSetting("device", enrolledDevice);
    await fieldwork.dropSetting("enrolling");
    return { kind: "enrolled", device: enrolledDevice };
  } catch (error) {
    if (error instanceof Interrupted) return { kind: "refused", code: "network" };
    throw error;
  }
}
