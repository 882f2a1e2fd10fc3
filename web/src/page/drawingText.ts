import type { Drawing, Point, Stroke } from "../worker/strokes.js";

/** Sheets have 512 x 512 places: a point is three letters of 6 bits. Strokes are parted by a dot. */
const PLACES = 512;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** Points nearer to each other than this share of the sheet are not told apart. */
const NEAR = 0.02;
const PART = ".";
/** No address is longer for a drawing than this. */
const MOST = 3000;

/** A drawing as an address can hold it; of a very long one the beginning. */
export function textOf(drawing: Drawing): string {
  const strokes = drawing
    .map((stroke) => thinned(stroke).map(lettersOf).join(""))
    .join(PART)
    .slice(0, MOST)
    .split(PART);
  // The cut may have gone through a point, or before a stroke's first.
  const last = strokes.pop()!;
  const points = last.slice(0, last.length - (last.length % 3));
  return [...strokes, ...(points === "" ? [] : [points])].join(PART);
}

/** The drawing of a text; null for one that is none. */
export function drawingFrom(text: string): Drawing | null {
  if (text === "" || text.length > MOST) return null;
  const strokes = text.split(PART).map((part): Stroke => {
    const points = part.match(/.{3}/g) ?? [];
    return points.map(pointOf);
  });
  const isWhole = strokes.every((stroke) => stroke.length > 0 && stroke.flat().every(Number.isFinite));
  return isWhole ? strokes : null;
}

function thinned(stroke: Stroke): Stroke {
  const kept: Point[] = [];
  stroke.forEach((point, k) => {
    const last = kept.at(-1);
    const far = !last || Math.hypot(point[0] - last[0], point[1] - last[1]) >= NEAR;
    if (far || k === stroke.length - 1) kept.push(point);
  });
  return kept;
}

function lettersOf([x, y]: Point): string {
  const place = (share: number) => Math.max(0, Math.min(PLACES - 1, Math.floor(share * PLACES)));
  const bits = place(x) * PLACES + place(y);
  return [bits >> 12, (bits >> 6) & 63, bits & 63].map((k) => LETTERS[k]).join("");
}

function pointOf(letters: string): Point {
  const [a, b, c] = [...letters].map((letter) => {
    const at = LETTERS.indexOf(letter);
    return at < 0 ? Number.NaN : at;
  }) as [number, number, number];
  const bits = a * 64 * 64 + b * 64 + c;
  return [(Math.floor(bits / PLACES) + 0.5) / PLACES, ((bits % PLACES) + 0.5) / PLACES];
}
