import { encode } from "fast-png";
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
