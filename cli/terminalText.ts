import { randomUUID } from "node:crypto";

/**
 * Stands for the escape character in codes of our own until they are written. It cannot be guessed, so that no file, path
 * or message can hold one; U+FDD0 is a character that only programs use, for themselves.
 */
const OURS = `\uFDD0${randomUUID()}`;

/** A code of our own for the terminal (ECMA-48), such as "\x1b[2K", to be put into text that `shown` gets. */
export const ownCode = (code: string): string => code.replaceAll("\x1b", OURS);

/** Back to the first column, and the line empty. */
export const clearLine = ownCode("\x1b[1G\x1b[2K");

/**
 * Control characters (C0 but for new lines and tabs, DEL, C1), line separators, and those that turn the direction of
 * text: they could move the cursor, hide what was written or show it in another order.
 */
const UNSEEN = /[^\P{Cc}\n\t]|[\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * Text as it may be written to a terminal: what files, names or messages have in it that is not for the eye is shown as
 * "\u001b", as JSON would have it, which within JSON changes nothing; only our own codes go through.
 */
export const shown = (text: string): string =>
  text
    .split(OURS)
    .map((part) => part.replace(UNSEEN, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`))
    .join("\x1b");

const OUR_CODES = new RegExp(`(${OURS}\\[[0-9;]*[A-Za-z])`);

/** A line's first so many characters, with all codes of our own in it: what is bold ends as it should. */
export function clipped(line: string, characters: number): string {
  let left = Math.max(0, characters);
  return line
    .split(OUR_CODES)
    .map((part, k) => {
      // What is split at stands at every second place.
      if (k % 2 === 1) return part;
      const kept = [...part].slice(0, left);
      left -= kept.length;
      return kept.join("");
    })
    .join("");
}

/** Text of someone else's as a part of a line: its line breaks are spaces. */
export const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, " ");
