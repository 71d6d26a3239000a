/** The console's service worker: it shows what the server says is waiting, and nothing else. It answers no request. */
export {};

declare const self: ServiceWorkerGlobalScope & typeof globalThis;

interface ConsoleMessage {
  readonly title: string;
  readonly body: string;
}

const CONSOLE = "/console/";
const EMPTY: ConsoleMessage = { title: "Kunnafoni", body: "" };

self.addEventListener("push", (event) => {
  const message = readMessage(event.data);
  event.waitUntil(self.registration.showNotification(message.title, { body: message.body, tag: "waiting" }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(CONSOLE));
});

/** Shows something for every message, as browsers demand. */
function readMessage(data: PushMessageData | null): ConsoleMessage {
  if (!data) return EMPTY;
  try {
    const { title, body } = data.json() as ConsoleMessage;
    return { title: String(title), body: String(body) };
  } catch {
    return EMPTY;
  }
}
