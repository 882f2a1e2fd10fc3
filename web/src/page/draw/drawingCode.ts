import { PIXELS } from "../../drawings/raster.js";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BITS = 6;
const LENGTH = Math.ceil(PIXELS / BITS);

/** A drawing as text for an address: six pixels a letter. */
export function codeOf(drawing: ArrayLike<number>): string {
  return Array.from({ length: LENGTH }, (_, letter) => {
    let value = 0;
    for (let bit = 0; bit < BITS; bit++) value = 2 * value + (drawing[letter * BITS + bit] === 1 ? 1 : 0);
    return LETTERS[value];
  }).join("");
}

/** The drawing that such a text stands for; null if it stands for none, or for an empty sheet. */
export function drawingFromCode(code: string): Uint8Array | null {
  if (code.length !== LENGTH) return null;
  const drawing = new Uint8Array(PIXELS);
  for (let k = 0; k < PIXELS; k++) {
    const value = LETTERS.indexOf(code[Math.floor(k / BITS)]!);
    if (value < 0) return null;
    drawing[k] = (value >> (BITS - 1 - (k % BITS))) & 1;
  }
  return drawing.includes(1) ? drawing : null;
}
