/** Sends a test alert to this phone and shows how long it took; the service worker reports its arrival. */
import { requestTestPush } from "../../net/push-subscription";
import { formatNumber, t } from "../../ui/i18n";

const PATIENCE = 30_000; // ms: a push that takes longer is late, and the person should know

export async function sendTestAlert(registration: ServiceWorkerRegistration, status: HTMLElement): Promise<void> {
  const began = Date.now();
  status.textContent = t("Le message part…");
  const came = waitForTestAlert();
  await requestTestPush(registration, document.documentElement.lang);
  status.textContent = t("Le message est parti. Attendez-le ici.");
  status.textContent = (await came)
    ? t("Reçu en {seconds} s. Les alertes arrivent bien sur ce téléphone.", {
        seconds: formatNumber((Date.now() - began) / 1000, 1),
      })
    : t(
        "Rien n’est encore arrivé. Vérifiez que le téléphone laisse le navigateur montrer des notifications et économise moins la batterie.",
      );
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
