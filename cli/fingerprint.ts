import { createHash } from "node:crypto";
import type { ImageSet } from "../src/tasks/index.js";

/** SHA-256 in hexadecimal. */
export function sha256(...parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/**
 * Tells a picture from every other one by what the network sees of it, wherever it lies and however it was packed. To 15
 * bits a pixel, so that another machine's last digit makes no other picture.
 */
export const pictureDigest = (pixels: Float32Array): string =>
  sha256(new Uint8Array(Int16Array.from(pixels, (pixel) => Math.round(pixel * 0x7fff)).buffer));

/** Of a collection, in whatever order it lies. */
export const fingerprintOf = (digests: readonly string[]): string => sha256([...digests].sort().join());

/** Pictures that stand for all of a set that is invented as it is asked for. */
const SAMPLES = 8;

/** Of invented pictures: it changes when what invents them does. */
export const fingerprintOfInvented = (sets: readonly ImageSet[]): string =>
  fingerprintOf(
    sets.flatMap((set) => Array.from({ length: SAMPLES }, (_, index) => pictureDigest(set.pixels(index)))),
  );

/** Enough of a fingerprint for people to tell two apart. */
export const shortened = (fingerprint: string): string => fingerprint.slice(0, 12);
