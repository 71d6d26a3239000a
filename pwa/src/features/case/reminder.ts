/** A reminder as an iCalendar file (RFC 5545) of one day, with a title and nothing else. */

/** `day`: YYYY-MM-DD. */
export function reminderText(day: string, title: string): string {
  const date = day.replace(/-/g, "");
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//agenda//FR",
    "BEGIN:VEVENT",
    `UID:${date}-${Math.random().toString(36).slice(2)}@agenda`,
    `DTSTAMP:${date}T000000Z`,
    `DTSTART;VALUE=DATE:${date}`,
    `SUMMARY:${title}`,
    "BEGIN:VALARM",
    "ACTION:DISPLAY",
    `DESCRIPTION:${title}`,
    "TRIGGER:PT8H",
    "END:VALARM",
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ];
  return lines.join("\r\n");
}
