/** The letter on its page, line by line: a line whose blanks are all optional and empty is taken out of the text. */
import { keptLines } from "../../protocol/letter-lines";
import { fill } from "../../ui/dom";

/** A blank of the letter as the form knows it. */
interface Blank {
  readonly required: boolean;
  readonly isEmpty: boolean;
  readonly marks: readonly HTMLElement[];
}

interface Line {
  readonly place: HTMLElement;
  /** The nodes that were taken out last: reading aloud divides texts, and joins them again in other nodes. */
  taken: readonly Node[];
  readonly blanks: readonly Blank[];
  readonly isEmpty: boolean;
}

export class LetterText {
  private readonly lines: readonly Line[];

  constructor(letter: HTMLElement, blanks: readonly Blank[]) {
    const places = splitLines(letter);
    fill(letter, ...places);
    this.lines = places.map((place) => ({
      place,
      taken: [],
      blanks: blanks.filter(({ marks }) => marks.some((mark) => place.contains(mark))),
      isEmpty: (place.textContent ?? "").trim() === "",
    }));
  }

  /** Puts lines in and takes them out, as the blanks are now. */
  update(): void {
    const kept = keptLines(
      this.lines.map(({ blanks, isEmpty }) => ({
        isEmpty,
        isOptional: blanks.length > 0 && blanks.every(({ required }) => !required),
        isFilled: blanks.some((blank) => !blank.isEmpty),
      })),
    );
    this.lines.forEach((line, index) => {
      const { place, taken } = line;
      const stands = place.hasChildNodes();
      if (kept[index] && !stands) place.append(...taken);
      else if (!kept[index] && stands) {
        line.taken = [...place.childNodes];
        fill(place);
      }
    });
  }
}

/** A span for each line, with the line break behind it. */
function splitLines(letter: HTMLElement): HTMLElement[] {
  const places = [document.createElement("span")];
  for (const node of [...letter.childNodes]) {
    const pieces =
      node.nodeType === Node.TEXT_NODE ? ((node.textContent ?? "").match(/[^\n]*\n|[^\n]+/g) ?? []) : [node];
    for (const piece of pieces) {
      places[places.length - 1]?.append(piece);
      if (typeof piece === "string" && piece.endsWith("\n")) places.push(document.createElement("span"));
    }
  }
  return places;
}
