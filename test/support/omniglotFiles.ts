import { decode, encode } from "fast-png";
import { type PngToWrite, pngWith } from "./pngs.js";
import type { ZippedFile } from "./zips.js";

/** A drawing as Omniglot has it: a PNG of 105 x 105 bits, ink where `isInk` says so. */
export function drawingPng(isInk: (x: number, y: number) => boolean, side = 105): Uint8Array {
  const rowBytes = Math.ceil(side / 8);
  const data = new Uint8Array(side * rowBytes);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) if (!isInk(x, y)) data[y * rowBytes + (x >> 3)]! |= 0x80 >> (x & 7);
  }
  return encode({ width: side, height: side, data, channels: 1, depth: 1 });
}

/** The drawings of some alphabets, a bar each whose place tells character and drawing. */
export function alphabetFiles(root: string, alphabets: Readonly<Record<string, number>>): ZippedFile[] {
  return Object.entries(alphabets).flatMap(([alphabet, characters]) =>
    Array.from({ length: characters }, (_, c) =>
      Array.from({ length: 20 }, (_, d) => ({
        name: `${root}/${alphabet}/character${String(c + 1).padStart(2, "0")}/0001_${String(d + 1).padStart(2, "0")}.png`,
        bytes: drawingPng((x, y) => x >= 10 * c && x < 10 * c + 5 && y >= d),
      })),
    ).flat(),
  );
}

/** Other ways in which systems keep the bits of a drawing: what they say of a pixel of paper and of one of ink. */
const KINDS = {
  "white first": { depth: 1, colourType: 3, paper: [0], ink: [1], palette: [255, 255, 255, 0, 0, 0] },
  grey: { depth: 8, colourType: 0, paper: [255], ink: [0] },
  colours: { depth: 8, colourType: 6, paper: [0, 0, 0, 0], ink: [0, 0, 0, 255] },
  interlaced: { depth: 4, colourType: 0, paper: [15], ink: [0], interlaced: true },
};

/** The same drawing as a PNG of another kind. */
export const drawingAs =
  (kind: keyof typeof KINDS) =>
  (bytes: Uint8Array): Uint8Array => {
    const { width, height, data } = decode(bytes);
    const { paper, ink, ...about } = KINDS[kind];
    const isPaper = (i: number) => {
      const [y, x] = [Math.floor(i / width), i % width];
      return (data[y * Math.ceil(width / 8) + (x >> 3)]! >> (7 - (x & 7))) & 1;
    };
    const samples = Array.from({ length: width * height }, (_, i) => (isPaper(i) ? paper : ink)).flat();
    return pngWith({ width, height, samples, ...about } satisfies PngToWrite);
  };
