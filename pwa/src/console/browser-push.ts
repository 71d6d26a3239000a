/**
 * The button by which a person's own browser is told what waits: `<form data-push-key="KEY" data-failed="…" hidden>`
 * with hidden fields `endpoint`, `p256dh` and `auth`. It stays hidden where the browser cannot.
 */
import { base64urlDecode, base64urlEncode } from "../protocol/canonical";

const WORKER = "/console/sw.js";

export function mountBrowserPush(root: ParentNode): void {
  if (!("serviceWorker" in navigator && "PushManager" in window)) return;
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-push-key]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void subscribe(form).then(
        () => form.submit(),
        () => showFailure(form),
      );
    });
  }
}

async function subscribe(form: HTMLFormElement): Promise<void> {
  if ((await Notification.requestPermission()) !== "granted") throw new Error("refused");
  const registration = await navigator.serviceWorker.register(WORKER, { scope: "/console/" });
  await navigator.serviceWorker.ready; // browsers subscribe for an active worker alone
  const applicationServerKey = base64urlDecode(form.dataset.pushKey ?? "");
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  fill(form, "endpoint", subscription.endpoint);
  for (const name of ["p256dh", "auth"] as const) {
    const key = subscription.getKey(name);
    if (!key) throw new Error(name);
    fill(form, name, base64urlEncode(new Uint8Array(key)));
  }
}

function fill(form: HTMLFormElement, name: string, value: string): void {
  const input = form.elements.namedItem(name);
  if (input instanceof HTMLInputElement) input.value = value;
}

function showFailure(form: HTMLFormElement): void {
  const status = form.querySelector("[role=status]");
  if (status) status.textContent = form.dataset.failed ?? "";
}
