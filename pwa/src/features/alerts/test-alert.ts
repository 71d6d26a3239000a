/** Sends a test alert to this phone and shows how long it took; the service worker reports its arrival. */
import { requestTestPush } from "../../net/push-subscription";
import { formatNumber } from "../../ui/i18n";
import type { AlertSentences } from "./sentences";

const PATIENCE = 30_000; // ms: a push that takes longer is late, and the person should know

/** `say`: has a sentence for every fate of a message. */
export async function sendTestAlert(
  registration: ServiceWorkerRegistration,
  say: AlertSentences,
  status: HTMLElement,
): Promise<void> {
  const began = Date.now();
  status.textContent = say("sending");
  const came = waitForTestAlert();
  const { fate, reason } = await requestTestPush(registration, document.documentElement.lang);
  status.textContent = say(fate, { reason });
  if (fate === "refused") return;
  status.textContent = (await came)
    ? say("received", { seconds: formatNumber((Date.now() - began) / 1000, 1) })
    : say(fate === "delivered" ? "late" : "later");
}

/** True if a test was shown within the time limit. */
function waitForTestAlert(): Promise<boolean> {
  return new Promise((resolve) => {
    const heard = ({ data }: MessageEvent) => {
      if (typeof (data as { shown?: unknown } | null)?.shown === "string") finish(true);
    };
    const finish = (came: boolean) => {
      clearTimeout(timer);
      navigator.serviceWorker.removeEventListener("message", heard);
      resolve(came);
    };
    const timer = setTimeout(() => finish(false), PATIENCE);
    navigator.serviceWorker.addEventListener("message", heard);
  });
}
