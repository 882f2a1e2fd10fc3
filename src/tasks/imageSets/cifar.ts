import { checkIndex, type ImageSet, type NamedFile, normalise } from "./imageSet.js";

const SIZE = 32;
const PIXELS = SIZE * SIZE;
/** A label, then the red, the green and the blue plane. */
const RECORD = 1 + 3 * PIXELS;
const RECORDS = 10_000;

/**
 * CIFAR-10 (Krizhevsky 2009) from its official binary files, as one set in the order of the files:
 * 10,000 pictures each, red, green and blue summed to grey, normalised as in DP 4.2.
 *
 * @throws RangeError naming the file where its length or its labels are not those of CIFAR-10, and, from `pixels`,
 * where a picture is of one single grey
 */
export function cifar10(batches: readonly NamedFile[]): ImageSet {
  if (batches.length === 0) throw new RangeError("cifar10: expected at least one batch file, got none");
  for (const batch of batches) checkBatch(batch);
  const set = {
    name: "CIFAR-10",
    count: batches.length * RECORDS,
    size: SIZE,
    pixels(index: number): Float32Array {
      checkIndex(set, index);
      const { name, bytes } = batches[Math.floor(index / RECORDS)]!;
      const record = index % RECORDS;
      const red = record * RECORD + 1;
      const grey = new Uint16Array(PIXELS);
      for (let i = 0; i < PIXELS; i++) {
        grey[i] = bytes[red + i]! + bytes[red + PIXELS + i]! + bytes[red + 2 * PIXELS + i]!;
      }
      const pixels = normalise(grey);
      if (pixels === undefined) {
        throw new RangeError(
          `${name}: picture ${record} is of one single grey; the file is damaged, fetch it again`,
        );
      }
      return pixels;
    },
  };
  return set;
}

function checkBatch({ name, bytes }: NamedFile): void {
  if (bytes.length !== RECORDS * RECORD) {
    throw new RangeError(
      `${name}: a CIFAR-10 batch has ${RECORDS * RECORD} bytes (${RECORDS} records of ${RECORD}), ` +
        `got ${bytes.length}; fetch it again`,
    );
  }
  for (let record = 0; record < RECORDS; record++) {
    const label = bytes[record * RECORD]!;
    if (label > 9) {
      throw new RangeError(
        `${name}: a CIFAR-10 label is 0 to 9, got ${label} in record ${record}; this is another file, or damaged`,
      );
    }
  }
}
