/** Mounts the hub section of "Mon téléphone": choose one of the hubs that the site allows, test it, leave it. */
import type { PhoneSettings, PhoneStore } from "../../db/store-contract";
import { allowedHubs, chosenHub } from "../../net/hub-choice";
import { pullChannel } from "../../pull/browser-pull";
import { button, element, fill } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { formatDay, t } from "../../ui/i18n";
import { hubStatusSentence, offeredHub } from "./hub-status";
import { localNetworkPermission } from "./local-network-permission";

export const mount: Feature = async (host, store) => {
  if (!store.isLasting) return;
  const policy = document.querySelector<HTMLMetaElement>("meta[http-equiv=Content-Security-Policy]")?.content ?? "";
  const context = { host, store, hubs: allowedHubs(`content="${policy}"`) };
  await show(context);
};

interface HubContext {
  readonly host: HTMLElement;
  readonly store: PhoneStore;
  /** The origins that the site names. */
  readonly hubs: readonly string[];
}

async function show(context: HubContext, sentence = ""): Promise<void> {
  const { host, store } = context;
  const hub = await chosenHub(store);
  const offered = offeredHub(location.hash);
  const title = element("h2", { id: "hub" }, t("Relais"));
  const line = element("p", { role: "status" }, sentence);
  fill(
    host,
    title,
    ...(hub && (!offered || offered === hub)
      ? chosenHubSection(context, hub, await store.setting("hubSaid"))
      : await hubChoiceSection(context, offered)),
    line,
  );
}

function chosenHubSection(context: HubContext, hub: string, last: PhoneSettings["hubSaid"] | undefined): Node[] {
  const attempt = button(t("Essayer maintenant"), () => void pullFromHub(context, hub));
  const leave = button(t("Ne plus passer par ce relais"), () => void chooseHub(context, ""), { class: "quiet" });
  const rows = element(
    "dl",
    { class: "data" },
    factRow(t("D’abord"), hubName(hub)),
    factRow(t("Ensuite"), location.host),
    ...(last ? [factRow(t("Essayé le"), formatDay(last.at))] : []),
  );
  return [rows, element("p", {}, attempt), element("p", {}, leave)];
}

/** Explains hubs, then lists them; a scanned hub that the site does not name is ignored. */
async function hubChoiceSection(context: HubContext, offered: string): Promise<Node[]> {
  if (offered && !context.hubs.includes(offered)) {
    return [
      element(
        "p",
        { class: "note" },
        t("{hub} n’est pas un relais de ce site. Mettez les pages à jour, ou demandez à qui tient le relais.", {
          hub: hubName(offered),
        }),
      ),
    ];
  }
  const asks =
    (await localNetworkPermission()) === "prompt"
      ? [
          t(
            "Le navigateur demandera si ce site peut parler aux appareils du réseau local. Dites oui : le relais en est un.",
          ),
        ]
      : [];
  const meaning = [
    t(
      "Sur le Wi-Fi du relais, ce téléphone y prendra les pages et y laissera les fiches, même sans Internet. Ailleurs, rien ne change.",
    ),
    t(
      "Le relais ne peut pas changer les pages. Il lit les fiches qui ne sont pas scellées, et il voit passer ce téléphone.",
    ),
    ...asks,
  ];
  const buttons = (offered ? [offered] : context.hubs).map((hub) =>
    button(t("Passer par {hub}", { hub: hubName(hub) }), () => void chooseHub(context, hub)),
  );
  return [...meaning, ...buttons].map((content) => element("p", {}, content));
}

async function chooseHub(context: HubContext, hub: string): Promise<void> {
  if (offeredHub(location.hash)) history.replaceState(null, "", location.pathname);
  await context.store.changeSetting("hub", () => hub);
  if (hub) return pullFromHub(context, hub);
  await show(context, t("Ce téléphone demande de nouveau au site."));
}

/** Pulls by way of the hub and shows the hub's outcome. */
async function pullFromHub(context: HubContext, hub: string): Promise<void> {
  const { store } = context;
  if (!(await chosenHub(store)))
    return show(context, t("Attendez que les pages du site soient arrivées, puis réessayez."));
  await show(context, t("Je demande au relais…"));
  const channel = await store.setting("followed");
  if (channel) await pullChannel(store, channel);
  await show(
    context,
    hubStatusSentence((await store.setting("hubSaid"))?.ended ?? "", hubName(hub), await localNetworkPermission()),
  );
}

function hubName(hub: string): string {
  return hub.replace("https://", "");
}

function factRow(name: string, value: string): HTMLElement {
  return element("div", {}, element("dt", {}, name), element("dd", {}, value));
}
