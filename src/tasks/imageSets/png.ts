import { convertIndexedToRgb, type DecodedPng, decode } from "fast-png";
import { checkIndex, type ImageSet, type NamedFile, normalise } from "./imageSet.js";
import { centreSquare, type GreyPicture, resizeByArea } from "./resize.js";

export interface PngImages {
  readonly set: ImageSet;
  /** The files that are not in the set, with the reason. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

const SIZE = 32;

/**
 * PNG files of any size and kind as an image set of 32 x 32: the middle square of each, resized by area, its colours
 * summed to grey over a white ground, normalised as in DP 4.2. Pictures of one single grey are skipped.
 *
 * @throws RangeError naming the file where one is no readable PNG, or where no picture is left
 */
export function pngImages(files: readonly NamedFile[]): PngImages {
  const pictures: Float32Array[] = [];
  const skipped: { name: string; reason: string }[] = [];
  for (const file of files) {
    const small = resizeByArea(centreSquare(readGrey(file)), SIZE, SIZE);
    const pixels = normalise(small.values);
    if (pixels) pictures.push(pixels);
    else skipped.push({ name: file.name, reason: "the picture is of one single grey" });
  }
  if (pictures.length === 0) {
    throw new RangeError(
      `pngImages: expected at least one picture, got ${files.length} files of which ${skipped.length} are of one single grey`,
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

function readGrey({ name, bytes }: NamedFile): GreyPicture {
  try {
    return toGrey(decode(bytes, { checkCrc: true }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RangeError(`${name}: not a readable PNG (${reason}); convert the file or remove it`, {
      cause: error,
    });
  }
}

function toGrey(png: DecodedPng): GreyPicture {
  const { width, height } = png;
  const { data, channels, white } = unpack(png);
  // 1 channel is grey, 2 grey and alpha, 3 colours, 4 colours and alpha.
  const colours = channels < 3 ? 1 : 3;
  const values = new Float64Array(width * height);
  for (let i = 0; i < values.length; i++) {
    let sum = 0;
    for (let c = 0; c < colours; c++) sum += data[i * channels + c]! / white;
    const opacity = channels > colours ? data[i * channels + colours]! / white : 1;
    values[i] = opacity * sum + (1 - opacity) * colours;
  }
  return { width, height, values };
}

/** One array element a channel: looks palettes up, and unpacks greys of less than 8 bits by a palette of greys. */
function unpack(png: DecodedPng): { data: ArrayLike<number>; channels: number; white: number } {
  const white = 2 ** png.depth - 1;
  if (png.palette) {
    return { data: convertIndexedToRgb(png), channels: png.palette[0]!.length, white: 255 };
  }
  if (png.depth >= 8) return { data: png.data, channels: png.channels, white };
  const greys = Array.from({ length: white + 1 }, (_, grey) => [grey]);
  return { data: convertIndexedToRgb({ ...png, palette: greys }), channels: 1, white };
}
