import { loadCharacters } from "../cli/characters.js";
import { loadModel } from "../src/lifetime/index.js";
import { type Stroke, strokesToPicture } from "../src/tasks/characters/strokes.js";
import { centredPicture, type Random, random, resizeByArea } from "../src/tasks/index.js";
import { quantile } from "./statistics.js";

/**
 * `node dist/bench/inkSize.js`: which share of drawings models/omniglot.safetensors names, by how large the ink is. Prints JSON.
 * Doodles, as a person draws them, and where Omniglot is here, drawings of its evaluation alphabets brought to each size.
 */

const EPISODES = 1000;
const SIZE = 31;
const extents = [0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8, 0.9, 1];
const pens = [0.025, 0.035, 0.05, 0.065, 0.08, 0.12];

const circle = (x: number, y: number, radius: number, turns = 1): Stroke =>
  Array.from({ length: 25 }, (_, k) => {
    const angle = (2 * Math.PI * turns * k) / 24;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
const doodles: Readonly<Record<string, readonly Stroke[]>> = {
  house: [
    [
      [0, 1],
      [0, 0.4],
      [1, 0.4],
      [1, 1],
      [0, 1],
    ],
    [
      [-0.1, 0.4],
      [0.5, 0],
      [1.1, 0.4],
    ],
  ],
  star: [
    [
      [0.2, 1],
      [0.5, 0],
      [0.8, 1],
      [0, 0.38],
      [1, 0.38],
      [0.2, 1],
    ],
  ],
  face: [
    circle(0.5, 0.5, 0.5),
    circle(0.3, 0.4, 0.06),
    circle(0.7, 0.4, 0.06),
    [
      [0.25, 0.65],
      [0.5, 0.8],
      [0.75, 0.65],
    ],
  ],
  tree: [
    [
      [0.5, 1],
      [0.5, 0.6],
    ],
    circle(0.5, 0.3, 0.3),
  ],
  arrow: [
    [
      [0, 0.5],
      [1, 0.5],
    ],
    [
      [0.7, 0.2],
      [1, 0.5],
      [0.7, 0.8],
    ],
  ],
};

/** The same by another hand: turned, slanted, stretched, with strokes misplaced and points that tremble. */
function drawn(strokes: readonly Stroke[], rng: Random): Stroke[] {
  const by = (spread: number) => spread * Math.max(-2, Math.min(2, rng.normal()));
  const [turn, slant, wide, high] = [by(0.12), by(0.15), 1 + by(0.15), 1 + by(0.15)];
  return strokes.map((stroke) => {
    const [right, down] = [by(0.05), by(0.05)];
    return stroke.map((point) => {
      const [px, py] = point as readonly [number, number];
      const [u, v] = [wide * (px - 0.5) - slant * (py - 0.5), high * (py - 0.5)];
      const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
      return [cos * u - sin * v + right + by(0.02), sin * u + cos * v + down + by(0.02)] as const;
    });
  });
}

const model = await loadModel("models/omniglot.safetensors");

/** One drawing of each of five classes, then another of one of them: is it named? */
function accuracy(pictureOf: (episode: number, of: number, second: boolean) => Float32Array): number {
  let right = 0;
  const life = model.begin();
  for (let episode = 0; episode < EPISODES; episode++) {
    life.reset();
    for (let k = 0; k < 5; k++) {
      life.step({ picture: pictureOf(episode, k, false), label: new Float32Array(5).fill(1, k, k + 1) });
    }
    const asked = episode % 5;
    const answer = life.step({ picture: pictureOf(episode, asked, true) });
    right += Number(answer.indexOf(Math.max(...answer)) === asked);
  }
  life.end();
  return right / EPISODES;
}

const ofDoodles = (extent: number | undefined, pen?: number) =>
  accuracy((episode, k, second) => {
    const strokes = drawn(Object.values(doodles)[k]!, random(episode, second ? "again" : "first", k));
    return strokesToPicture(strokes, SIZE, { extent, pen });
  });

/** The rectangle around the ink, as rows and columns. */
function inkOf(pixels: Float32Array): { top: number; left: number; side: number } {
  let [top, left, bottom, right] = [SIZE, SIZE, 0, 0];
  pixels.forEach((ink, at) => {
    if (ink < 0.2) return;
    const [row, column] = [Math.floor(at / SIZE), at % SIZE];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row + 1)];
    [left, right] = [Math.min(left, column), Math.max(right, column + 1)];
  });
  const side = Math.max(bottom - top, right - left);
  return { top: Math.round((top + bottom - side) / 2), left: Math.round((left + right - side) / 2), side };
}

/** A drawing with its ink brought to so much of the picture. */
function resized(pixels: Float32Array, extent: number): Float32Array {
  const { top, left, side } = inkOf(pixels);
  const values = Float64Array.from({ length: side * side }, (_, k) => {
    const [row, column] = [top + Math.floor(k / side), left + (k % side)];
    return pixels[row * SIZE + column] ?? 0;
  });
  const to = Math.max(1, Math.round(extent * SIZE));
  const small = resizeByArea({ width: side, height: side, values }, to, to);
  const picture = new Float32Array(SIZE * SIZE);
  const start = Math.floor((SIZE - to) / 2);
  for (let k = 0; k < to * to; k++)
    picture[(start + Math.floor(k / to)) * SIZE + start + (k % to)] = small.values[k]!;
  return centredPicture(picture, SIZE);
}

function ofOmniglot() {
  const { test } = loadCharacters("omniglot") as unknown as {
    test: import("../src/tasks/index.js").CharacterSet;
  };
  const sides = Array.from({ length: 2000 }, (_, k) => inkOf(test.pixels((k * 37) % test.count)).side / SIZE);
  const share = (at: number) => Number(quantile(sides, at).toFixed(3));
  const picked = (episode: number, k: number, second: boolean) => {
    const rng = random(episode, "characters", 0);
    const { first, characters } = test.alphabets[rng.integer(test.alphabets.length)]!;
    const order = Array.from({ length: 5 }, () => rng.uniform());
    const from = rng.integer(characters - 4);
    const character = first + from + [0, 1, 2, 3, 4].sort((a, b) => order[a]! - order[b]!)[k]!;
    const drawing = random(episode, "drawing", k).integer(10) + (second ? 10 : 0);
    return test.pixels(character * test.drawings + drawing);
  };
  const byExtent = extents.map((extent) => [
    extent,
    accuracy((...which) => resized(picked(...which), extent)),
  ]);
  const asDrawn = accuracy((...which) => centredPicture(picked(...which), SIZE));
  return {
    inkExtent: { p10: share(0.1), median: share(0.5), p90: share(0.9) },
    asDrawn,
    byExtent: Object.fromEntries(byExtent),
  };
}

const result = {
  command: "node dist/bench/inkSize.js",
  model: model.fingerprint,
  episodes: EPISODES,
  doodles: {
    names: Object.keys(doodles),
    asItIs: ofDoodles(undefined),
    byExtent: Object.fromEntries(extents.map((extent) => [extent, ofDoodles(extent)])),
    byPen: Object.fromEntries(pens.map((pen) => [pen, ofDoodles(undefined, pen)])),
  },
  omniglot: (() => {
    try {
      return ofOmniglot();
    } catch (error) {
      return `left out: ${(error as Error).message}`;
    }
  })(),
};
console.log(JSON.stringify(result, null, 2));
