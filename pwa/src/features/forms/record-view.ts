/** A finished record as it can still be read on this phone, and the way to change one that nobody else can have. */
import type { RecordFace } from "../../db/fieldwork-contract";
import type { FinishedRecord } from "../../fieldwork/finished-records";
import { canReopen } from "../../fieldwork/outbox-payload";
import type { Form } from "../../protocol/form";
import { FormState, type FormTime } from "../../protocol/form-state";
import { button, element } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { recordMoment, recordName, recordOrigin } from "../../ui/record-line";
import { answerList } from "./answer-list";

export interface RecordViewContext {
  readonly form: Form;
  readonly record: FinishedRecord;
  readonly face: RecordFace | undefined;
  readonly time: FormTime;
  readonly channel: string;
}

/** `onReopen`: makes a draft of the record and opens it; resolves with null if it may have left this phone meanwhile. */
export function recordView(
  { form, record, face, time, channel }: RecordViewContext,
  onReopen: () => Promise<unknown>,
): HTMLElement {
  const { entry, lang, answers } = record;
  const formState = new FormState(form, answers, { ...time, today: entry.day });
  formState.recompute();
  const status = element("p", { role: "alert" });
  const reopen = button(t("Reprendre et changer"), () => {
    reopen.disabled = true;
    onReopen().then(
      (draft) => {
        if (draft === null) status.textContent = t("Cette fiche est déjà partie : elle ne se change plus.");
      },
      () => {
        reopen.disabled = false;
        status.textContent = t(
          "Ce téléphone n’a plus de place. Ce qui était là reste lisible. Effacez des photos ou des vidéos, puis revenez.",
        );
      },
    );
  });
  const origin = [
    recordOrigin(face, entry.title),
    recordMoment(face, entry.day),
    t("Code {code}", { code: entry.code }),
  ];
  return element(
    "div",
    { class: "sheet" },
    element("h2", { tabindex: -1 }, recordName(face, entry.title)),
    element("p", {}, element("small", {}, origin.filter(Boolean).join(" · "))),
    answerList({ formState, lang }),
    ...(canReopen(entry)
      ? [
          element("p", {}, t("Personne ne l’a encore : vous pouvez la changer. Elle aura alors un autre code.")),
          element("p", {}, reopen),
        ]
      : []),
    status,
    element("p", {}, element("a", { class: "go", href: `/${channel}/forms` }, t("Mes fiches"))),
  );
}
