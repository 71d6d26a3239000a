/** Makes this phone a device (PROTOCOL.md, section 12). A lost answer is no lost device: the same code with the same key has the same answer. */
import { newDeviceKey, signText } from "../crypto/device-key";
import type { DeskStore, Device } from "../db/fieldwork-contract";
import { rowOrNone } from "../net/ndjson-rows";
import { Interrupted, type Network } from "../net/network";
import { enrolmentText } from "../protocol/submission";

export type Enrolled =
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
export async function enrol(desk: DeskStore, network: Network, site: string, code: string): Promise<Enrolled> {
  const begun = await desk.setting("enrolling");
  const key = begun?.code === code ? begun.key : await newDeviceKey();
  await desk.remember("enrolling", { code, key });
  const signature = await signText(key.secret, enrolmentText(site, code, key.public_));
  try {
    const answer = await network.ask("/devices", {
      method: "POST",
      body: JSON.stringify({ code, key: key.public_, signature }),
    });
    const said = await rowOrNone<Answer & { code?: string }>(answer);
    if (answer.status !== 201 && answer.status !== 200)
      return { kind: "refused", code: said?.code ?? (answer.status === 503 ? "busy" : "network") };
    if (!said?.device) return { kind: "refused", code: "network" };
    const { device, name, place, until } = said;
    const made: Device = { device, name, place, until, secret: key.secret };
    await desk.remember("device", made);
    await desk.drop("enrolling");
    return { kind: "enrolled", device: made };
  } catch (error) {
    if (error instanceof Interrupted) return { kind: "refused", code: "network" };
    throw error;
  }
}
