/** The progress of a step: done on which day, how long an answer is waited for, a reminder, and what came of it. */
import type { StepRecord } from "../../fieldwork/case-file";
import { element } from "../../ui/dom";
import { formatDay, t } from "../../ui/i18n";
import { labelFor } from "../../ui/unlock";
import type { CaseScreens } from "./case-screens";
import { phoneReminder } from "./phone-reminder";
import { reminderText } from "./reminder";

const WAITS = [3, 7, 15, 30]; // days that a person may choose
const OUTCOMES = ["removed", "passed-on", "refused"] as const;

/** Days after a day, YYYY-MM-DD. */
export function daysAfter(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** True if the chosen days are over and nothing came of the step. */
export function isOverdue(record: StepRecord | undefined, today: string): boolean {
  return record !== undefined && record.days > 0 && !record.outcome && daysAfter(record.day, record.days) <= today;
}

/** `waits`: the step has an addressee, whose answer is waited for. */
export function stepProgress(page: CaseScreens, key: string, today: string, waits: boolean): HTMLElement {
  const host = element("div", { class: "choices" });
  const save = async (record: StepRecord | null): Promise<void> => {
    const { [key]: _, ...others } = page.current.content.records;
    await page.current.change({ records: record ? { ...others, [key]: record } : others });
    draw();
  };
  const draw = (): void => {
    host.textContent = "";
    const record = page.current.content.records[key];
    const tick = element("input", { type: "checkbox", checked: record !== undefined });
    tick.addEventListener("change", () => void save(tick.checked ? { day: today, days: 0, outcome: "" } : null));
    const words = record ? t("Fait le {day}", { day: formatDay(record.day) }) : t("C’est fait");
    host.append(element("label", {}, tick, element("span", {}, words)));
    if (record && waits) host.append(...waiting(page, key, record, save));
  };
  draw();
  return host;
}

function waiting(
  page: CaseScreens,
  key: string,
  record: StepRecord,
  save: (record: StepRecord) => Promise<void>,
): Node[] {
  const days = select(
    `days-${key}`,
    [["0", t("Je ne compte pas les jours")], ...WAITS.map((n) => [String(n), t("{n} jours", { n })] as const)],
    String(record.days),
    (value) => void save({ ...record, days: Number(value) }),
  );
  const outcome = select(
    `outcome-${key}`,
    [["", t("Pas encore de réponse")], ...OUTCOMES.map((code) => [code, outcomeWords(code)] as const)],
    record.outcome,
    (value) => void save({ ...record, outcome: value }),
  );
  const due = record.days > 0 && !record.outcome ? daysAfter(record.day, record.days) : "";
  return [
    element("p", { class: "screen" }, labelFor(`days-${key}`, t("J’attends une réponse")), days),
    ...(due
      ? [
          element("p", {}, t("Sans réponse le {day} : étape suivante.", { day: formatDay(due) }), " ", reminder(due)),
          ...(page.current.isKept ? [phoneReminder(page.session.store, page.current.id, due)] : []),
        ]
      : []),
    element("p", { class: "screen" }, labelFor(`outcome-${key}`, t("Ce qui est arrivé")), outcome),
  ];
}

export function outcomeWords(code: string): string {
  if (code === "removed") return t("C’est retiré, ou réglé");
  if (code === "passed-on") return t("Transmis à un autre bureau");
  return code === "refused" ? t("C’est refusé") : t("Pas encore de réponse");
}

/** A file for the phone's calendar, whose title tells nothing. */
function reminder(day: string): HTMLElement {
  const file = new Blob([reminderText(day, t("Rappel"))], { type: "text/calendar" });
  return element("a", { href: URL.createObjectURL(file), download: "rappel.ics" }, t("Le mettre dans le calendrier"));
}

function select(
  id: string,
  options: readonly (readonly [string, string])[],
  value: string,
  onChange: (value: string) => void,
): HTMLElement {
  const field = element(
    "select",
    { id },
    ...options.map(([code, label]) => element("option", { value: code, selected: code === value }, label)),
  );
  field.addEventListener("change", () => onChange(field.value));
  return field;
}
