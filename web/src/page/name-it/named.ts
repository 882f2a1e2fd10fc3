import type { Drawing, Point, Stroke } from "../../worker/strokes.js";
import { drawingFrom, textOf } from "../drawingText.js";

/** What the network is taught: a drawing, and what somebody calls it. */
export interface Named {
  readonly name: string;
  readonly drawing: Drawing;
}

/** The network has so many neurons for names. */
export const MOST = 5;
export const LONGEST_NAME = 24;

/** In an address, names and drawings are parted by these; so they are in no name. */
const [WITHIN, BETWEEN] = ["~", ","];
/** Shorter lines than this are a dot or a slip, in shares of the sheet. */
const LEAST_LINE = 0.25;

/** A name as it is kept: in one line, with nothing around it that cannot be seen, and not too long. */
export function cleanName(text: string): string {
  // Of what cannot be seen only what joins emoji is left.
  const seen = text.normalize("NFC").replace(/[\p{Cc}\u200b\u200c\u200e\u200f\u202a-\u202e~,]+/gu, " ");
  const short = [...seen.replace(/\s+/g, " ").trim()].slice(0, LONGEST_NAME).join("").trim();
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(short) ? short : "";
}

/** How much has been drawn: nothing, too little to be told from anything else, or something. */
export function amountOf(drawing: Drawing): "nothing" | "little" | "something" {
  if (drawing.every((stroke) => stroke.length === 0)) return "nothing";
  const length = drawing.reduce((sum, stroke) => sum + lengthOf(stroke), 0);
  return length < LEAST_LINE ? "little" : "something";
}
const lengthOf = (stroke: Stroke): number =>
  stroke.reduce((sum, [x, y], k) => {
    const [fromX, fromY]: Point = stroke[k - 1] ?? [x, y];
    return sum + Math.hypot(x - fromX, y - fromY);
  }, 0);

/** All that was taught, for an address that a friend opens. */
export const textOfAll = (all: readonly Named[]): string =>
  all.map(({ name, drawing }) => `${name}${WITHIN}${textOf(drawing)}`).join(BETWEEN);

/** What an address brings: at most `MOST`, each with a name of its own; what is damaged is left out. */
export function allFrom(text: string): Named[] {
  const all: Named[] = [];
  for (const part of text.split(BETWEEN)) {
    const [name, drawing] = [
      cleanName(part.split(WITHIN)[0] ?? ""),
      drawingFrom(part.split(WITHIN)[1] ?? ""),
    ];
    const isNew = name !== "" && !all.some((other) => sameName(other.name, name));
    if (isNew && drawing && amountOf(drawing) === "something" && all.length < MOST)
      all.push({ name, drawing });
  }
  return all;
}

export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
