/**
 * Grey pictures, numbered from 0. Every picture has mean 0 and a largest absolute value of 1.
 * A set computes or decodes a picture when it is asked for it; asking twice gives equal pictures.
 */
export interface ImageSet {
  /** What the pictures are, for people: "CIFAR-10". */
  readonly name: string;
  readonly count: number;
  /** Pictures are `size` x `size` pixels. */
  readonly size: number;
  /** Picture number `index`: a new array of size * size pixels, row-major from the top left. */
  pixels(index: number): Float32Array;
}

/** A file's bytes, with the name by which errors call it. */
export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The pictures `from` to `to` (exclusive) of a set, numbered from 0 again: how train and test are kept apart. */
export function subset(set: ImageSet, from: number, to: number): ImageSet {
  const whole = Number.isSafeInteger(from) && Number.isSafeInteger(to);
  if (!whole || from < 0 || to <= from || to > set.count) {
    throw new RangeError(
      `subset: from and to must be whole numbers with 0 <= from < to <= ${set.count} (${set.name}), got ${from} and ${to}`,
    );
  }
  const count = to - from;
  return {
    name: set.name,
    count,
    size: set.size,
    pixels(index) {
      checkIndex({ name: set.name, count }, index);
      return set.pixels(from + index);
    },
  };
}

/** The pictures of a set at `indices`, in that order, numbered from 0. */
export function selected(set: ImageSet, indices: readonly number[]): ImageSet {
  for (const index of indices) checkIndex(set, index);
  const chosen: ImageSet = {
    name: set.name,
    count: indices.length,
    size: set.size,
    pixels(index) {
      checkIndex(chosen, index);
      return set.pixels(indices[index]!);
    },
  };
  return chosen;
}

/** The mean, pixel by pixel, of the first n pictures of a set: the guess to beat. Shape [size * size]. */
export function meanImage(set: ImageSet, n: number): Float32Array {
  if (!Number.isSafeInteger(n) || n < 1 || n > set.count) {
    throw new RangeError(
      `meanImage: n must be a whole number from 1 to ${set.count} (${set.name}), got ${n}`,
    );
  }
  const sum = new Float64Array(set.size * set.size);
  for (let index = 0; index < n; index++) {
    const pixels = set.pixels(index);
    for (let i = 0; i < sum.length; i++) sum[i]! += pixels[i]!;
  }
  return Float32Array.from(sum, (value) => value / n);
}

/** Throws unless picture number `index` exists. */
export function checkIndex(set: Pick<ImageSet, "name" | "count">, index: number): void {
  if (Number.isSafeInteger(index) && index >= 0 && index < set.count) return;
  throw new RangeError(
    `${set.name}: a picture's index must be a whole number from 0 to ${set.count - 1}, got ${index}`,
  );
}

/**
 * Grey values minus their mean, divided by the maximum absolute value of the result, as DP's program does.
 * Undefined for a picture of one single grey, which has no structure to remember.
 */
export function normalise(grey: ArrayLike<number>): Float32Array | undefined {
  let sum = 0;
  for (let i = 0; i < grey.length; i++) sum += grey[i]!;
  const mean = sum / grey.length;
  let brightest = 0;
  let largest = 0;
  for (let i = 0; i < grey.length; i++) {
    brightest = Math.max(brightest, Math.abs(grey[i]!));
    largest = Math.max(largest, Math.abs(grey[i]! - mean));
  }
  // Resizing and the mean itself round: what is left of one single grey is not exactly 0.
  if (largest <= 1e-9 * brightest) return undefined;
  return Float32Array.from(grey, (value) => (value - mean) / largest);
}
