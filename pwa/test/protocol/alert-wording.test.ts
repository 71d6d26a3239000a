/** The words of a pushed alert, in all its forms, are those that the server writes: the vectors that Python makes. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { AlertText } from "../../src/protocol/alert";
import { type Language, alertBody, alertLink, notificationOf } from "../../src/protocol/alert-wording";
import { formatDateTime, setLanguage, t } from "../../src/ui/i18n";
import { vectors } from "../support/shared-vectors";

interface Case {
  readonly channel: string;
  readonly message: AlertText;
  readonly running: boolean;
  readonly notification: readonly string[];
  readonly link?: string;
  readonly body?: string;
}

const { zone, texts, cases } = vectors<{
  readonly zone: string;
  readonly texts: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly cases: readonly Case[];
}>("alert-wording");

const language: Language = { t, moment: (seconds) => formatDateTime(seconds * 1000) };

describe("the words of a pushed alert", () => {
  const zoneBefore = process.env.TZ;
  before(() => (process.env.TZ = zone));
  after(() => {
    if (zoneBefore === undefined) delete process.env.TZ;
    else process.env.TZ = zoneBefore;
  });

  for (const { channel, message, running, notification, link, body } of cases) {
    const { status, msgType, severity, lang } = message;
    const name = [lang, "in", channel, status, msgType, severity, running ? "in force" : "over"].join(" ");

    it(`are the server's in the notification: ${name}`, () => {
      setLanguage(lang, texts[lang] ?? {});
      assert.deepEqual(notificationOf(message, running, language), notification);
    });
    if (link !== undefined)
      it(`are the server's in banner and lists: ${name}`, () => {
        setLanguage(lang, texts[lang] ?? {});
        assert.equal(alertLink(message, running, channel, language), link);
      });
    if (body !== undefined)
      it(`are the server's on the page: ${name}`, () => {
        setLanguage(lang, texts[lang] ?? {});
        assert.equal(alertBody(message, running, channel, language), body);
      });
  }
});
