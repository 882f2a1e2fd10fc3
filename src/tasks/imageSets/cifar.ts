import { checkIndex, type ImageSet, type NamedFile, normalise } from "./imageSet.js";
import { ONE_GREY, type SkippedPicture } from "./png.js";

const SIZE = 32;
const PIXELS = SIZE * SIZE;
/** A label, then the red, the green and the blue plane. */
const RECORD = 1 + 3 * PIXELS;
const RECORDS = 10_000;

/** The pictures of CIFAR-10's files that there is something to see in. */
export interface CifarImages extends ImageSet {
  /** Pictures of one single grey, which are not in the set: there is nothing in them to remember. */
  readonly skipped: readonly SkippedPicture[];
}

/**
 * CIFAR-10 (Krizhevsky 2009) from its official binary files, as one set in the order of the files:
 * 10,000 pictures each, red, green and blue summed to grey, normalised as in DP 4.2.
 *
 * @throws RangeError naming the file where its length or its labels are not those of CIFAR-10
 */
export function cifar10(batches: readonly NamedFile[]): CifarImages {
  if (batches.length === 0) throw new RangeError("cifar10: expected at least one batch file, got none");
  for (const batch of batches) checkBatch(batch);
  const usable: number[] = [];
  const skipped: SkippedPicture[] = [];
  for (const [b, { name, bytes }] of batches.entries()) {
    for (let record = 0; record < RECORDS; record++) {
      if (isOneGrey(bytes, record)) skipped.push({ name: `${name}, picture ${record}`, reason: ONE_GREY });
      else usable.push(b * RECORDS + record);
    }
  }
  if (usable.length === 0) {
    throw new RangeError(`${batches[0]!.name}: every picture is of one single grey; fetch it again`);
  }
  const set: CifarImages = {
    name: "CIFAR-10",
    count: usable.length,
    size: SIZE,
    skipped,
    pixels(index) {
      checkIndex(set, index);
      const picture = usable[index]!;
      const { bytes } = batches[Math.floor(picture / RECORDS)]!;
      const grey = new Uint16Array(PIXELS);
      for (let i = 0; i < PIXELS; i++) grey[i] = greyAt(bytes, picture % RECORDS, i);
      // Never undefined: pictures of one grey are not among those.
      return normalise(grey)!;
    },
  };
  return set;
}

function greyAt(bytes: Uint8Array, record: number, pixel: number): number {
  const red = record * RECORD + 1 + pixel;
  return bytes[red]! + bytes[red + PIXELS]! + bytes[red + 2 * PIXELS]!;
}

function isOneGrey(bytes: Uint8Array, record: number): boolean {
  const first = greyAt(bytes, record, 0);
  for (let i = 1; i < PIXELS; i++) if (greyAt(bytes, record, i) !== first) return false;
  return true;
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
