import { checkIndex, type ImageSet, type NamedFile, normalise } from "./imageSet.js";
import { pngGreys } from "./pngPixels.js";
import { centreSquare, resizeByArea } from "./resize.js";

/** A picture that is left out of a set. */
export interface SkippedPicture {
  readonly name: string;
  readonly reason: string;
}

/** What came of a folder of PNG files. */
export interface PngImages {
  readonly set: ImageSet;
  /** The files that are not in the set, with the reason. */
  readonly skipped: readonly SkippedPicture[];
}

const SIZE = 32;
export const ONE_GREY = "the picture is of one single grey";

/**
 * PNG files of any size and kind as an image set of 32 x 32: the middle square of each, resized by area, its colours
 * summed to grey over a white ground, normalised as in DP 4.2. Files are taken one after the other, and only the small
 * pictures are kept. What is no readable PNG, larger than 2^26 pixels, or of one single grey is skipped.
 *
 * @throws RangeError where no picture is left, with the reason of the first
 */
export function pngImages(files: Iterable<NamedFile>): PngImages {
  const pictures: Float32Array[] = [];
  const skipped: SkippedPicture[] = [];
  for (const { name, bytes } of files) {
    const read = readPicture(bytes);
    if (typeof read === "string") skipped.push({ name, reason: read });
    else pictures.push(read);
  }
  if (pictures.length === 0) {
    const [first] = skipped;
    const why = first ? `, the first, ${first.name}, because ${first.reason}` : "";
    throw new RangeError(
      `pngImages: expected at least one picture, got ${skipped.length} files that cannot be used${why}`,
    );
  }
  const set = {
    name: "PNG pictures",
    count: pictures.length,
    size: SIZE,
    pixels(index: number): Float32Array {
      checkIndex(set, index);
      return pictures[index]!.slice();
    },
  };
  return { set, skipped };
}

/** A file's small picture, or the reason why it has none. */
function readPicture(bytes: Uint8Array): Float32Array | string {
  try {
    return normalise(resizeByArea(centreSquare(pngGreys(bytes)), SIZE, SIZE).values) ?? ONE_GREY;
  } catch (error) {
    if (error instanceof RangeError) return `not a readable PNG: ${error.message}`;
    throw error;
  }
}
