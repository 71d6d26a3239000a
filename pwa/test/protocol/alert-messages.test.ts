/** The newest message of each story is shown, of the edition's and the pushes'. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AlertText } from "../../src/protocol/alert";
import {
  type ListedAlert,
  endAlert,
  isOfStory,
  listedAlerts,
  newerMessages,
  sortAlerts,
} from "../../src/protocol/alert-messages";
import { vectors } from "../support/shared-vectors";

const { list } = vectors<{
  readonly list: { readonly channel: string; readonly body: string; readonly listed: readonly unknown[] };
}>("alert-wording");

function listed(id: string, root: string, sent: number, until = 0, severity = "Severe"): ListedAlert {
  return { id, root, sent, until, severity, link: `<a>${id}</a>` };
}

function message(id: string, root: string, sent: number): AlertText {
  const text = { headline: id, text: "", area: "", lang: "fr", status: "Actual", msgType: "Alert", severity: "Severe" };
  return { id, root, sent, expires: sent + 100, ...text };
}

describe("the list of an edition", () => {
  it("is read as the server wrote it, what is in force with its end", () => {
    const alerts = listedAlerts(list.body, list.channel);
    assert.deepEqual(
      alerts.map(({ id, root, sent }) => [id, root, sent]),
      list.listed,
    );
    assert.deepEqual(
      alerts.map(({ severity, until }) => [severity, until > 0]),
      [
        ["Extreme", true],
        ["Severe", true],
        ["Severe", false],
      ],
    );
    for (const { id, link } of alerts) assert.match(link, new RegExp(`^<a[^>]* href=/fr-NE/alerts/${id}[ >].*</a>$`));
  });

  it("of an older edition is read too, each alert as a story of its own", () => {
    const old =
      "<ul class=rows><li><a href=alerts/crue-1 data-until=90><svg></svg>Crue</a><li><a href=alerts/feu>F</a></ul>";
    assert.deepEqual(
      listedAlerts(old, "fr-ML").map(({ id, root, sent, until, link }) => [id, root, sent, until, link.slice(0, 32)]),
      [
        ["crue-1", "crue-1", 0, 90, "<a href=/fr-ML/alerts/crue-1 dat"],
        ["feu", "feu", 0, 0, "<a href=/fr-ML/alerts/feu>F</a>"],
      ],
    );
  });

  it("gives way to what was sent later, and to nothing else", () => {
    const edition = [listed("crue-2", "crue-1", 20), listed("crue-1", "crue-1", 10)];
    const newer = message("crue-3", "crue-1", 30);
    const other = message("feu", "feu", 5);
    assert.deepEqual(newerMessages(edition, [newer, other]), [newer, other]);
    assert.deepEqual(newerMessages(edition, [message("crue-2", "crue-1", 20), message("crue-1", "crue-1", 10)]), []);
  });
});

describe("alerts in force", () => {
  it("stand the most severe first, then the newest, without what has ended", () => {
    const alerts = [
      listed("a", "a", 1, 50, "Minor"),
      listed("b", "b", 2, 50),
      listed("c", "c", 3, 50),
      listed("d", "d", 4, 10, "Extreme"),
      listed("e", "e", 5, 50, "Extreme"),
      listed("f", "f", 6),
    ];
    const { running, ended } = sortAlerts(alerts, 10);
    assert.deepEqual(
      [running, ended].map((group) => group.map(({ id }) => id)),
      [["e", "c", "b", "a"], ["f"]],
    );
  });
});

describe("the page of an alert", () => {
  it("shows the newest message of its story, whichever message it was", () => {
    const newest = { ...message("crue-4", "crue-1", 40), earlier: ["crue-3"] };
    const edition = [listed("crue-2", "crue-1", 20)];
    for (const page of ["crue-1", "crue-2", "crue-3", "crue-4"]) assert.ok(isOfStory(newest, page, edition), page);
    assert.ok(!isOfStory(newest, "feu", edition));
  });

  it("says after its end that it is over", () => {
    const body =
      "Crue\n<!--alerts--><div data-until=10><h1>Crue</h1><p>Montez</div><div hidden><h1>Terminée : $& Crue</h1></div>";
    assert.equal(endAlert(body, 9), body);
    assert.equal(endAlert(body, 10), "Terminée : $& Crue\n<!--alerts--><h1>Terminée : $& Crue</h1>");
    assert.equal(endAlert("Autre\n<p>x", 10), "Autre\n<p>x");
  });
});
