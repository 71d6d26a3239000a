/** The controls of a line and of an outline: one tap a point, each rounded before it is stored. */
import { type AnswerValue, formatPoint } from "../../protocol/answers";
import { QUESTION_TYPES } from "../../protocol/question-types";
import { button, element } from "../../ui/dom";
import { t } from "../../ui/i18n";
import type { Control, ControlContext } from "./control";
import { locate, precisionSentence } from "./position-control";

export function lineControl(context: ControlContext): Control {
  const { question, id, answer, change } = context;
  const { decimals = 0, type } = question;
  const isClosed = type === "geoshape";
  const points = typeof answer === "string" ? answer.split(";") : [];
  if (isClosed) points.pop(); // the first point again
  const status = element("p", { role: "status" });
  const save = (): void => {
    const text = [...points, ...(isClosed ? points.slice(0, 1) : [])].join(";");
    const value = QUESTION_TYPES[type].parse(text, question);
    removeButton.hidden = points.length === 0;
    status.textContent = t("Points : {n}.", { n: points.length });
    const advice = isClosed
      ? t("Il faut trois points différents au moins.")
      : t("Il faut deux points différents au moins.");
    void change(value as AnswerValue | undefined, points.length === 0 || value !== undefined ? undefined : advice);
  };
  const addButton = button(
    t("Ajouter ma position"),
    () => {
      locate(decimals, 0, status, (latitude, longitude) => {
        const point = formatPoint(latitude, longitude, decimals);
        if (point === points[points.length - 1]) {
          status.textContent = t("C’est le même point, une fois arrondi. Marchez plus loin.");
          return;
        }
        points.push(point);
        save();
      });
    },
    { id },
  );
  const removeButton = button(
    t("Enlever le dernier point"),
    () => {
      points.pop();
      save();
    },
    { class: "quiet" },
  );
  removeButton.hidden = points.length === 0;
  if (points.length > 0) status.textContent = t("Points : {n}.", { n: points.length });
  return {
    element: element("div", {}, status, addButton, removeButton, element("small", {}, precisionSentence(decimals))),
    isSet: true,
    focus: () => addButton.focus(),
  };
}
