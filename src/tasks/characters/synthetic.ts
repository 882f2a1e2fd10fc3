import { checkIndex } from "../imageSets/imageSet.js";
import { type SignedDistance, stroke, union } from "../imageSets/shapes.js";
import { type Random, random } from "../random.js";
import { type CharacterSet, numberAlphabets } from "./characterSet.js";
import { CHARACTER_SIZE } from "./drawings.js";

const CHARACTERS = 20;
const DRAWINGS = 20;
/** Straight pieces of a curve. */
const PIECES = 6;
/** Of the picture's width. */
const PEN = 0.028;
const TREMOR = 0.025;

type Point = readonly [x: number, y: number];

/**
 * Invented alphabets of 20 characters, each of two to four curved strokes, drawn 20 times by a trembling hand that also
 * slants, stretches and moves them. Drawing `index` is a pure function of seed and index, made when it is first asked for.
 * Alphabets `from` to `to` (exclusive): sets whose ranges do not overlap share no character.
 */
export function syntheticCharacters(seed: number, from: number, to: number): CharacterSet {
  const names = Array.from({ length: to - from }, (_, i) => `synthetic ${from + i + 1}`);
  const { alphabets, characters } = numberAlphabets(names.map((name) => ({ name, characters: CHARACTERS })));
  const drawn = new Map<number, Float32Array>();
  const set: CharacterSet = {
    name: "synthetic alphabets",
    count: characters * DRAWINGS,
    size: CHARACTER_SIZE,
    characters,
    drawings: DRAWINGS,
    alphabets,
    pixels(index) {
      checkIndex(set, index);
      let pixels = drawn.get(index);
      if (!pixels) {
        const whole = from * CHARACTERS * DRAWINGS + index;
        pixels = draw(character(seed, Math.floor(whole / DRAWINGS)), random(seed, "drawing", whole));
        drawn.set(index, pixels);
      }
      return pixels.slice();
    },
  };
  return set;
}

/** The strokes of a character: three points each, the middle one pulling the curve. */
function character(seed: number, number: number): readonly (readonly [Point, Point, Point])[] {
  const rng = random(seed, "character", number);
  const point = (): Point => [0.15 + 0.7 * rng.uniform(), 0.15 + 0.7 * rng.uniform()];
  let last = point();
  return Array.from({ length: 2 + rng.integer(3) }, () => {
    // Every other stroke goes on where the one before ended.
    const start = rng.integer(2) === 0 ? last : point();
    const bend = point();
    last = point();
    return [start, bend, last] as const;
  });
}

function draw(strokes: ReturnType<typeof character>, rng: Random): Float32Array {
  const [slant, wide, high] = [0.12, 0.08, 0.08].map((spread) => spread * rng.normal()) as [
    number,
    number,
    number,
  ];
  const [left, down] = [0.03 * rng.normal(), 0.03 * rng.normal()];
  const byHand = ([x, y]: Point): Point => {
    const [u, v] = [x - 0.5 + TREMOR * rng.normal(), y - 0.5 + TREMOR * rng.normal()];
    return [0.5 + (1 + wide) * u + slant * v + left, 0.5 + (1 + high) * v + down];
  };
  const ink = union(...strokes.flatMap((points) => curve(points.map(byHand) as [Point, Point, Point])));
  return Float32Array.from({ length: CHARACTER_SIZE * CHARACTER_SIZE }, (_, i) => {
    const [x, y] = [i % CHARACTER_SIZE, Math.floor(i / CHARACTER_SIZE)];
    const distance = ink((x + 0.5) / CHARACTER_SIZE, (y + 0.5) / CHARACTER_SIZE);
    return Math.min(1, Math.max(0, 0.5 - distance * CHARACTER_SIZE));
  });
}

/** A quadratic Bezier curve in straight strokes of the pen. */
function curve([a, b, c]: readonly [Point, Point, Point]): SignedDistance[] {
  const at = (t: number): Point => {
    const along = (i: 0 | 1) => (1 - t) ** 2 * a[i] + 2 * t * (1 - t) * b[i] + t ** 2 * c[i];
    return [along(0), along(1)];
  };
  return Array.from({ length: PIECES }, (_, i) => {
    const [from, to] = [at(i / PIECES), at((i + 1) / PIECES)];
    return stroke(...from, ...to, PEN);
  });
}
