/** The cause that a phone names when subscribing or a test alert fails: the network, the phone, the site, or the service. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, it, mock } from "node:test";
import { type AlertSentences, causeOf, readSentences } from "../../../src/features/alerts/sentences";
import { sendTestAlert } from "../../../src/features/alerts/test-alert";
import { subscribe } from "../../../src/net/push-subscription";
import { type FakeBrowser, define, installBrowser } from "../../support/browser-globals";

const TEMPLATE = new URL("../../../../sync/rendering/templates/phone.html", import.meta.url);
const WRITTEN = readFileSync(TEMPLATE, "utf8").matchAll(/ data-say=([\w-]+)>\{\{ _\("(.*?)"\) \}\}/g);
const LINES = [...WRITTEN].map(([, say, textContent]) => ({ dataset: { say }, textContent }));
const KEY = `B${"A".repeat(86)}`;
const CHOICES = { topics: ["alerts"], region: "", severity: "Minor" };

let browser: FakeBrowser;
let say: AlertSentences;

beforeEach(() => {
  browser = installBrowser();
  say = readSentences({ querySelectorAll: () => LINES } as unknown as HTMLElement);
});

function answer(status: number, value: unknown): Promise<Response> {
  return Promise.resolve(new Response(JSON.stringify(value), { status }));
}

/** A browser whose service of messages fails to subscribe with this error, or gives a subscription. */
function registrationWith(failure?: string): ServiceWorkerRegistration {
  const subscription = { endpoint: "https://push.example/1", toJSON: () => ({ endpoint: "https://push.example/1" }) };
  const pushManager = {
    getSubscription: async () => (failure ? null : subscription),
    subscribe: async () => {
      if (failure) throw new DOMException("failed", failure);
      return subscription;
    },
  };
  return { pushManager } as unknown as ServiceWorkerRegistration;
}

async function causeOfSubscribing(failure?: string): Promise<string> {
  try {
    await subscribe(registrationWith(failure), "fr-ML", CHOICES);
    return "none";
  } catch (error) {
    return causeOf(error);
  }
}

describe("subscribing that fails", () => {
  it("names the network where the site cannot be reached", async () => {
    assert.equal(await causeOfSubscribing(), "network");
    assert.match(say("network"), /Vérifiez le réseau/);
  });

  it("names the phone's service of messages, or the permission, and never the network", async () => {
    browser.fetch = () => answer(200, { key: KEY });
    for (const [failure, cause, words] of [
      ["AbortError", "no-service", /n’a pas de service de messages/],
      ["NotAllowedError", "denied", /Vous avez dit non/],
      ["SecurityError", "", /Réessayez plus tard/],
    ] as const) {
      assert.equal(await causeOfSubscribing(failure), cause);
      assert.match(say(cause), words);
      assert.doesNotMatch(say(cause), /Vérifiez le réseau/);
    }
    assert.equal(await causeOfSubscribing(), "none");
  });

  it("names the site that is not ready, or that does not know the service", async () => {
    for (const [status, code, words] of [
      [503, "push-not-here", /Ce site n’est pas prêt/],
      [422, "push-service-unknown", /Ouvrez ce site dans Chrome ou dans Firefox/],
      [503, "busy", /beaucoup de demandes/],
    ] as const) {
      browser.fetch = () => answer(status, { code });
      assert.equal(await causeOfSubscribing(), code);
      assert.match(say(code), words);
    }
  });
});

describe("a test alert", () => {
  afterEach(() => mock.timers.reset());
  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] }); // nobody waits for a message that never leaves
    const worker = { addEventListener: () => undefined, removeEventListener: () => undefined };
    define("navigator", { serviceWorker: worker });
    define("document", { documentElement: { lang: "fr" } });
  });

  async function sentenceAfter(status: number, value: unknown): Promise<string> {
    browser.fetch = () => answer(status, value);
    const shown = { textContent: "" } as HTMLElement;
    try {
      await sendTestAlert(registrationWith(), say, shown);
    } catch (error) {
      return say(causeOf(error));
    }
    return shown.textContent ?? "";
  }

  it("that the service refuses is said so, with its reason, at once", async () => {
    const sentence = await sentenceAfter(200, { fate: "refused", reason: "403" });
    assert.match(sentence, /a refusé l’essai \(403\)/);
    assert.match(sentence, /Cela ne vient pas de votre téléphone/);
  });

  it("for a subscription that is gone asks for a new one", async () => {
    for (const status of [404, 410])
      assert.match(await sentenceAfter(status, { code: "subscription-unknown" }), /avait oublié ce téléphone/);
  });
});
