import { alphabetOf, type CharacterSet } from "./characters/characterSet.js";
import { warpedPicture } from "./characters/warped.js";
import { checkInteger } from "./options.js";
import type { Random } from "./random.js";

/** How many classes and drawings an episode of one-shot learning has. */
export interface OneShotOptions {
  /** Classes to tell apart in an episode. */
  readonly ways: number;
  /** Labelled drawings of each class. */
  readonly shots: number;
  /** Unlabelled drawings to be classified, each by itself. */
  readonly queries: number;
  /** Which drawings of a class are asked for; those that were not shown, unless given. `any`: one that was shown, too. */
  readonly asked?: "unshown" | "any";
  /** How far each drawing is turned, sheared and scaled at random, shown or asked for; 0 unless given (see warpedPicture). */
  readonly warp?: number;
}

/** Miconi et al. 2018, 4.3. */
export const omniglotTask: OneShotOptions = { ways: 5, shots: 1, queries: 1 };

/** A drawing, and which class of its episode it belongs to. */
export interface OneShotImage {
  /** size * size, row-major, 0 (paper) to 1 (ink). */
  readonly pixels: Float32Array;
  /** 0 to ways - 1. */
  readonly label: number;
}

/** An episode of one-shot learning: labelled drawings, then drawings to be named. */
export interface OneShotEpisode {
  /** Labelled, in the order in which they are shown: ways * shots. */
  readonly support: readonly OneShotImage[];
  readonly queries: readonly OneShotImage[];
  /** The number of each class's alphabet. */
  readonly alphabets: readonly number[];
}

/** Throws a RangeError for options that are none, or more classes or drawings than the set has. */
export function checkOneShot(set: CharacterSet, { ways, shots, queries, asked }: OneShotOptions): void {
  checkInteger("one-shot", "ways", ways, 2, omniglotTask.ways);
  checkInteger("one-shot", "shots", shots, 1, omniglotTask.shots);
  checkInteger("one-shot", "queries", queries, 1, omniglotTask.queries);
  if (ways > set.characters) {
    throw new RangeError(
      `one-shot: ways must be at most the ${set.characters} characters of ${set.name}, got ${ways}; use fewer ways`,
    );
  }
  const perClass = asked === "any" ? 0 : Math.ceil(queries / ways);
  if (shots + perClass > set.drawings) {
    throw new RangeError(
      `one-shot: ${shots} shots and up to ${perClass} queries of a class need as many drawings, but ${set.name} has ` +
        `${set.drawings} of each character; use fewer shots or queries`,
    );
  }
}

/**
 * Draws an episode: `ways` characters of all alphabets, each turned by a multiple of 90 degrees of its own, as if that
 * made another character of it; `shots` drawings of each in random order, with labels; then other drawings of them, or any.
 * Queries go round the classes in random order.
 */
export function oneShotEpisode(set: CharacterSet, options: OneShotOptions, rng: Random): OneShotEpisode {
  const { ways, shots, queries, asked = "unshown", warp = 0 } = options;
  const drawn = drawings[asked];
  const classes = rng.choose(ways, set.characters).map((character, label) => {
    const turns = rng.integer(4);
    const images = drawn(shots, Math.ceil(queries / ways), set.drawings, rng).map((drawing): OneShotImage => {
      const pixels = set.pixels(character * set.drawings + drawing);
      const upright = turned(pixels, set.size, turns);
      return { pixels: warp === 0 ? upright : warpedPicture(upright, set.size, warp, rng), label };
    });
    return { alphabet: alphabetOf(set, character), images };
  });
  const order = rng.choose(ways, ways);
  return {
    support: rng.shuffle(classes.flatMap(({ images }) => images.slice(0, shots))),
    queries: Array.from(
      { length: queries },
      (_, q) => classes[order[q % ways]!]!.images[shots + Math.floor(q / ways)]!,
    ),
    alphabets: classes.map(({ alphabet }) => alphabet),
  };
}

/** Of a class with `all` drawings, the numbers of those shown, then of those asked for. */
const drawings = {
  unshown: (shots: number, queries: number, all: number, rng: Random) => rng.choose(shots + queries, all),
  any: (shots: number, queries: number, all: number, rng: Random) => [
    ...rng.choose(shots, all),
    ...Array.from({ length: queries }, () => rng.integer(all)),
  ],
};

/** The place in `candidates` of the one nearest to `point` by Euclidean distance; the first of several. */
export function nearestNeighbour(point: ArrayLike<number>, candidates: readonly ArrayLike<number>[]): number {
  const distances = candidates.map((candidate) => {
    let sum = 0;
    for (let i = 0; i < point.length; i++) sum += (point[i]! - candidate[i]!) ** 2;
    return sum;
  });
  return distances.indexOf(Math.min(...distances));
}

/** A square picture turned by 0 or more quarters, anticlockwise. */
export function turned(pixels: Float32Array, size: number, quarters: number): Float32Array {
  const last = size - 1;
  // The pixel at (x, y) was at start + x * right + y * down.
  const [start, right, down] = (
    [
      [0, 1, size],
      [last, size, -1],
      [last * size + last, -1, -size],
      [last * size, -size, 1],
    ] as const
  )[quarters % 4]!;
  const result = new Float32Array(pixels.length);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) result[y * size + x] = pixels[start + x * right + y * down]!;
  }
  return result;
}
