/**
 * A letter of a case: its blanks are filled from the proof log and from the other letters of the case. Words are kept
 * in the case, where it may keep any; else they stay on the page alone.
 */
import { type CaseContent, CaseFile, type ProofEntry } from "./case-file";
import type { FieldSession } from "./field-session";

export interface CaseLetter {
  readonly keepsWords: boolean;
  /** The code of the region that the case knows, "" for none. */
  readonly region: string;
  /** The text for a blank: what was written for this question before, else what the log says; "" for nothing. */
  valueOf(name: string, label: string): string;
  save(label: string, text: string): void;
}

/** Opens the letter of a case, or null where the case is gone. Only while the vault is open. */
export async function openCaseLetter({ fieldwork, vault }: FieldSession, id: string): Promise<CaseLetter | null> {
  const found = (await CaseFile.all(fieldwork, vault)).find((each) => each.id === id);
  if (!found) return null;
  const known = found.keepsWords ? wordsOfLog(found.content) : {};
  return {
    keepsWords: found.keepsWords,
    region: found.content.region ?? "",
    valueOf: (name, label) => found.content.letters[label] ?? known[name] ?? "",
    save: (label, text) => {
      if (found.keepsWords) void found.change({ letters: { ...found.content.letters, [label]: text } });
    },
  };
}

/** The log's words, by the names that letters give their blanks. */
export function wordsOfLog({ entries }: Pick<CaseContent, "entries">): Readonly<Record<string, string>> {
  const of = (kind: ProofEntry["kind"]) => entries.filter((entry) => entry.kind === kind);
  const seen = of("seen");
  const each = (value: (entry: ProofEntry) => string) => [...new Set(seen.map(value).filter(Boolean))].join("\n");
  const said = ({ day, where, what }: ProofEntry) => [day, where, what].filter(Boolean).join(", ");
  const files = seen.flatMap((entry) => entry.files);
  return {
    vu: seen[0]?.day ?? "",
    plateforme: [...new Set(seen.map(({ where }) => where).filter(Boolean))].join(", "),
    liens: each(({ link }) => link),
    compte: [...new Set(seen.map(({ account }) => account).filter(Boolean))].join(", "),
    faits: each(({ what }) => what),
    captures: files
      .map(({ name, taken, digest }) => `${name}, ${taken.replace("T", " ")}, SHA-256 ${digest}`)
      .join("\n"),
    demarches: of("asked").map(said).join("\n"),
    temoins: of("witness").map(said).join("\n"),
  };
}
