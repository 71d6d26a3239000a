/** The lines by which lists tell one record of a form from another. */
import type { RecordFace } from "../db/fieldwork-contract";
import { formatDay, t } from "./i18n";

/** The record's own name, or its form's title where it has none or is locked. */
export function recordName(face: RecordFace | undefined, title: string): string {
  return face?.name || title;
}

/** The form's title where the name does not say it, and the place. */
export function recordOrigin(face: RecordFace | undefined, title: string): string {
  return [face?.name ? title : "", face?.place ?? ""].filter(Boolean).join(" · ");
}

/** The day, with the hour where it is known. `day`: YYYY-MM-DD. */
export function recordMoment(face: RecordFace | undefined, day: string): string {
  const [date, time] = face?.moment.split("T") ?? [];
  return date && time ? t("{date} à {time}", { date: formatDay(date), time }) : formatDay(day);
}

/** "Réponses : 7 sur 16", or "" where it is not known. */
export function recordProgress(face: RecordFace | undefined): string {
  return face ? t("Réponses : {n} sur {count}", { n: face.answered, count: face.asked }) : "";
}
